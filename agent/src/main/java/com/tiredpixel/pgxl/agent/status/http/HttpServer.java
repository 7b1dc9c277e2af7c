package com.tiredpixel.pgxl.agent.status.http;

import com.tiredpixel.pgxl.agent.status.loop.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * A very small HTTP/1 server, because the JDK's own costs 6 MB and a thread for each slow client. Everything about
 * a client is bounded: its number, its bytes, its time.
 */
public final class HttpServer {
    /** Of this container, whose health must be told whatever others do, and of all others together. */
    static final int LOCAL_PLACES = 256;
    static final int OTHER_PLACES = 128;
    static final int LOCAL_BYTES = 2 * 1024 * 1024;
    static final int OTHER_BYTES = 1024 * 1024;
    private static final int BACKLOG = 511;
    /** Of one connection in the kernel, which would take megabytes; what is more waits in the heap, where it is counted. */
    private static final int SEND_BUFFER = 16 * 1024;
    /** Whoever connects as fast as he can does not keep the loop from those who are connected. */
    private static final int ACCEPTED_AT_ONCE = 32;
    private static final Duration WITHOUT_DESCRIPTORS = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final Site site;
    private final Predicate<InetAddress> isLocal;
    private final Crowd locals = new Crowd(LOCAL_PLACES, LOCAL_BYTES);
    private final Crowd others = new Crowd(OTHER_PLACES, OTHER_BYTES);
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(16 * 1024);

    /**
     * Makes a server that does not listen yet.
     *
     * @param loop in whose thread everything happens
     * @param site what is served
     * @param isLocal which addresses are this container's own
     */
    public HttpServer(EventLoop loop, Site site, Predicate<InetAddress> isLocal) {
        this.loop = loop;
        this.site = site;
        this.isLocal = isLocal;
    }

    /**
     * Listens.
     *
     * @return the port it got
     * @throws IOException with the address in its message
     */
    public int listen(InetAddress address, int port) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(address, port), BACKLOG);
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot listen on " + address.getHostAddress() + " port " + port + ": "
                    + e.getMessage(), e);
        }
        loop.execute(() -> {
            try {
                loop.register(channel, SelectionKey.OP_ACCEPT, new Acceptor(channel));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        return channel.socket().getLocalPort();
    }

    /** @return bytes of the heap that connections hold, of this container and of others; completed by the loop */
    CompletableFuture<int[]> held() {
        return CompletableFuture.supplyAsync(() -> new int[] {locals.held(), others.held()}, loop);
    }

    private void admit(SocketChannel client) throws IOException {
        var address = (InetSocketAddress) client.getRemoteAddress();
        boolean local = isLocal.test(address.getAddress());
        Crowd crowd = local ? locals : others;
        if (!crowd.makePlace()) {
            client.close();
            return;
        }
        client.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
        var reached = (InetSocketAddress) client.getLocalAddress();
        var peer = new Peer(local, reached.getAddress().getHostAddress() + ":" + reached.getPort(), "");
        new Connection(loop, site, crowd, client, peer, source(address.getAddress()), scratch);
    }

    /** Whoever has one IPv6 address has the 2^64 of its network. */
    private static Object source(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(Arrays.copyOf(bytes, Math.min(bytes.length, 8)));
    }

    private final class Acceptor implements EventLoop.Handler {
        private final ServerSocketChannel channel;
        private Duration resumeAt;

        Acceptor(ServerSocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void ready(SelectionKey key) {
            for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
                SocketChannel client;
                try {
                    client = channel.accept();
                } catch (IOException noDescriptors) {
                    // The connection stays in the backlog, and select would report it for ever.
                    key.interestOps(0);
                    resumeAt = loop.now().plus(WITHOUT_DESCRIPTORS);
                    return;
                }
                if (client == null) {
                    return;
                }
                begin(client);
            }
        }

        private void begin(SocketChannel client) {
            boolean begun = false;
            try {
                admit(client);
                begun = true;
            } catch (IOException gone) {
                return;
            } finally {
                if (!begun) {
                    close(client);
                }
            }
        }

        private static void close(SocketChannel client) {
            try {
                client.close();
            } catch (IOException gone) {
                return;
            }
        }

        @Override
        public boolean outlivesFailures() {
            return true;
        }

        @Override
        public Duration deadline() {
            return resumeAt;
        }

        @Override
        public void late(SelectionKey key) {
            resumeAt = null;
            key.interestOps(SelectionKey.OP_ACCEPT);
        }

        @Override
        public void closed(String reason) {
            // Only at the end of the program.
        }
    }
}
