package com.tiredpixel.pgxl.agent.status;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A very small HTTP/1 server, for the JDK's own costs 6 MB and a thread for each slow client. Everything about
 * a client is bounded: its number, its bytes, its time.
 */
final class HttpServer {
    /** Of this machine, whose health must be told whatever others do, and of all others together. */
    private static final int MOST_CONNECTIONS = 256;
    private static final int MOST_OF_OTHERS = 128;
    private static final int BACKLOG = 511;
    private static final Duration WITHOUT_DESCRIPTORS = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final Function<Request, CompletableFuture<Response>> site;
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final ByteBuffer scratch = ByteBuffer.allocate(16 * 1024);

    HttpServer(EventLoop loop, Function<Request, CompletableFuture<Response>> site) {
        this.loop = loop;
        this.site = site;
    }

    /**
     * Listens.
     *
     * @return the port it got
     * @throws IOException with the address in its message
     */
    int listen(InetAddress address, int port) throws IOException {
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

    CompletableFuture<Response> answer(Request request) {
        try {
            return site.apply(request);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    void gone(Connection connection) {
        connections.remove(connection);
    }

    /** Where bytes go that nobody wants. */
    ByteBuffer scratch() {
        return scratch.clear();
    }

    private final class Acceptor implements EventLoop.Handler {
        private final ServerSocketChannel channel;
        private Duration resumeAt;

        Acceptor(ServerSocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void ready(SelectionKey key) {
            try {
                for (SocketChannel client = channel.accept(); client != null; client = channel.accept()) {
                    admit(client);
                }
            } catch (IOException noDescriptors) {
                // The connection stays in the backlog, and select would report it for ever.
                key.interestOps(0);
                resumeAt = loop.now().plus(WITHOUT_DESCRIPTORS);
            }
        }

        /** The oldest that has not said what it wants makes room for the next. */
        private void admit(SocketChannel client) throws IOException {
            boolean local = isLocal(client);
            List<Connection> alike = connections.stream().filter(other -> other.isLocal() == local).toList();
            if (alike.size() >= (local ? MOST_CONNECTIONS : MOST_OF_OTHERS)) {
                Optional<Connection> oldest = alike.stream().filter(Connection::isReading).findFirst();
                if (oldest.isEmpty()) {
                    client.close();
                    return;
                }
                oldest.get().end();
            }
            try {
                connections.add(new Connection(loop, HttpServer.this, client, local));
            } catch (IOException gone) {
                client.close();
            }
        }

        private static boolean isLocal(SocketChannel client) throws IOException {
            return client.getRemoteAddress() instanceof InetSocketAddress peer && peer.getAddress().isLoopbackAddress();
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
