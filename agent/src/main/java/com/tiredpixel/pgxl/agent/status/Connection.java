package com.tiredpixel.pgxl.agent.status;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;

/**
 * One client: one request, one response, and the end. The end is by half: closing with bytes unread would
 * make the kernel send RST, and the client might lose the response that it has not read yet.
 */
final class Connection implements EventLoop.Handler {
    /** From the first byte to the last of a request; a slow client has no more. */
    static final Duration TO_SEND = Duration.ofSeconds(5);
    private static final Duration TO_READ = Duration.ofSeconds(10);
    private static final Duration TO_GO = Duration.ofSeconds(2);
    private static final int FIRST_BUFFER = 1024;

    private final EventLoop loop;
    private final HttpServer server;
    private final SocketChannel channel;
    private final boolean local;
    private byte[] received = new byte[FIRST_BUFFER];
    private int length;
    private Stage stage = Stage.READING;
    private Request.Parsed.Head head;
    private ByteBuffer output;
    private Duration deadline;
    private SelectionKey key;

    private enum Stage {
        READING, WAITING, WRITING, LEAVING
    }

    /** @param local whether the client is on this machine */
    Connection(EventLoop loop, HttpServer server, SocketChannel channel, boolean local) throws IOException {
        this.loop = loop;
        this.server = server;
        this.channel = channel;
        this.local = local;
        this.deadline = loop.now().plus(TO_SEND);
        this.key = loop.register(channel, SelectionKey.OP_READ, this);
    }

    boolean isLocal() {
        return local;
    }

    /** Whether it could be dropped without anybody losing an answer. */
    boolean isReading() {
        return stage == Stage.READING;
    }

    @Override
    public Duration deadline() {
        return deadline;
    }

    @Override
    public void ready(SelectionKey ready) throws IOException {
        switch (stage) {
            case READING -> read();
            case WAITING, LEAVING -> discard();
            case WRITING -> write();
        }
    }

    @Override
    public void late(SelectionKey late) throws IOException {
        if (stage == Stage.READING && length > 0) {
            respond(Response.text(408, "the request took longer than " + TO_SEND.toSeconds() + " s\n"));
        } else {
            end();
        }
    }

    @Override
    public void closed(String reason) {
        server.gone(this);
    }

    void end() {
        EventLoop.close(key);
        server.gone(this);
    }

    private void read() throws IOException {
        int room = head == null ? Request.LONGEST_HEAD : head.headLength() + head.bodyLength();
        while (length < room) {
            if (length == received.length) {
                received = Arrays.copyOf(received, Math.min(room, received.length * 2));
            }
            int limit = Math.min(received.length, room) - length;
            int count = channel.read(ByteBuffer.wrap(received, length, limit));
            if (count < 0) {
                end();
                return;
            }
            if (count == 0) {
                break;
            }
            length += count;
        }
        if (head == null) {
            Request.Parsed parsed = Request.parse(received, length, local);
            if (parsed instanceof Request.Parsed.Bad bad) {
                respond(Response.text(bad.status(), bad.reason() + "\n"));
                return;
            }
            if (parsed instanceof Request.Parsed.Head whole) {
                head = whole;
            }
        }
        if (head != null && length >= head.headLength() + head.bodyLength()) {
            int from = head.headLength();
            Request request = head.request().with(Arrays.copyOfRange(received, from, from + head.bodyLength()));
            received = new byte[0];
            stage = Stage.WAITING;
            // Whoever answers has a deadline of his own.
            deadline = null;
            server.answer(request).whenComplete((response, failure) ->
                    loop.execute(() -> answered(response, failure)));
        }
    }

    private void answered(Response response, Throwable failure) {
        if (!channel.isOpen() || stage != Stage.WAITING) {
            return;
        }
        try {
            respond(failure == null ? response : Response.text(500, "failed: " + failure + "\n"));
        } catch (IOException gone) {
            end();
        }
    }

    private void respond(Response response) throws IOException {
        boolean headOnly = head != null && head.request().method().equals("HEAD");
        output = ByteBuffer.wrap(response.bytes(headOnly));
        received = new byte[0];
        stage = Stage.WRITING;
        deadline = loop.now().plus(TO_READ);
        write();
    }

    private void write() throws IOException {
        channel.write(output);
        if (output.hasRemaining()) {
            key.interestOps(SelectionKey.OP_WRITE);
            return;
        }
        output = null;
        channel.shutdownOutput();
        stage = Stage.LEAVING;
        deadline = loop.now().plus(TO_GO);
        key.interestOps(SelectionKey.OP_READ);
        discard();
    }

    private void discard() throws IOException {
        int count = channel.read(server.scratch());
        while (count > 0) {
            count = channel.read(server.scratch());
        }
        if (count < 0) {
            if (stage == Stage.LEAVING) {
                end();
            } else {
                // A client may close its half and still read.
                key.interestOps(0);
            }
        }
    }
}
