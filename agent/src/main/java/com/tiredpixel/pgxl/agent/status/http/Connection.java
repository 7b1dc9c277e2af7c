package com.tiredpixel.pgxl.agent.status.http;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.status.loop.EventLoop;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * One client: one request, or two if the first is answered by a challenge; the response; and the end. The end is by
 * half: closing with bytes unread would make the kernel send RST, and the client might lose the response that it has
 * not read yet. Each step has its time, and of a client that never stops sending or never reads no more is taken in a
 * turn of the loop than of any other.
 */
final class Connection implements EventLoop.Handler, Crowd.Member {
    /** From the first byte to the last of a request; a slow client has no more. */
    static final Duration TO_SEND = Duration.ofSeconds(5);
    /** Whoever answers has a shorter deadline of his own, so this one is for the case that he fails. */
    private static final Duration TO_ANSWER = Duration.ofSeconds(70);
    /** All of a response; and again that long, as the end of it may still be in the kernel. */
    static final Duration TO_READ = Duration.ofSeconds(10);
    private static final int FIRST_BUFFER = 1024;
    /** The JDK copies what it writes into memory outside the heap, and keeps that. */
    private static final int PIECE = 64 * 1024;

    private final EventLoop loop;
    private final Site site;
    private final Crowd crowd;
    private final SocketChannel channel;
    private final Object source;
    private final ByteBuffer scratch;
    private final SelectionKey key;
    private Peer peer;
    private byte[] received;
    private int length;
    private Stage stage = Stage.READING;
    private Request.Parsed.Head head;
    private ByteBuffer[] output;
    private String challenge = "";
    private int held;
    private Duration deadline;

    /** In the order in which they are sent away when others need their places. */
    private enum Stage {
        READING, LEAVING, WRITING, WAITING
    }

    /** @param source the address, for fairness @param scratch where bytes go that nobody wants */
    Connection(
            EventLoop loop, Site site, Crowd crowd, SocketChannel channel, Peer peer, Object source,
            ByteBuffer scratch) throws IOException {
        this.loop = loop;
        this.site = site;
        this.crowd = crowd;
        this.channel = channel;
        this.peer = peer;
        this.source = source;
        this.scratch = scratch;
        this.deadline = loop.now().plus(TO_SEND);
        this.key = loop.register(channel, SelectionKey.OP_READ, this);
        crowd.enter(this);
    }

    @Override
    public Object source() {
        return source;
    }

    /** Who waits for an answer to his challenged request has proved who he is. */
    @Override
    public int worth() {
        return stage == Stage.WAITING && peer.isChallenged() ? Crowd.NEEDED : stage.ordinal();
    }

    @Override
    public int held() {
        return held;
    }

    @Override
    public Duration deadline() {
        return deadline;
    }

    @Override
    public void ready(SelectionKey ready) throws IOException {
        switch (stage) {
            case READING -> read();
            case WRITING -> write();
            case LEAVING -> discard();
            case WAITING -> {
            }
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
        crowd.leave(this);
    }

    /** Of a socket that is closed otherwise the kernel keeps what the client has not read, for minutes. */
    @Override
    public void end() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException gone) {
            // Then nothing is kept.
        } finally {
            leave();
        }
    }

    private void leave() {
        EventLoop.close(key);
        crowd.leave(this);
        output = null;
        received = null;
    }

    private boolean hold(int bytes) {
        if (!crowd.hold(this, bytes - held)) {
            return false;
        }
        held = bytes;
        return true;
    }

    private void read() throws IOException {
        int room = head == null ? Request.LONGEST_HEAD : head.headLength() + head.bodyLength();
        if (received == null || length == received.length) {
            int longer = Math.min(room, Math.max(FIRST_BUFFER, length * 2));
            if (!hold(longer)) {
                end();
                return;
            }
            received = received == null ? new byte[longer] : Arrays.copyOf(received, longer);
        }
        int count = channel.read(ByteBuffer.wrap(received, length, Math.min(received.length, room) - length));
        if (count < 0) {
            leave();
            return;
        }
        length += count;
        if (head == null) {
            parse();
        }
        if (stage == Stage.READING && head != null && length >= head.headLength() + head.bodyLength()) {
            ask();
        }
    }

    private void parse() throws IOException {
        Request.Parsed parsed = Request.parse(received, length, peer);
        if (parsed instanceof Request.Parsed.Bad bad) {
            respond(Response.text(bad.status(), bad.reason() + "\n"));
        } else if (parsed instanceof Request.Parsed.Head whole) {
            head = whole;
            Optional<Response> refusal = site.refusal(whole.request());
            if (refusal.isPresent()) {
                respond(refusal.get());
            }
        }
    }

    private void ask() throws IOException {
        int from = head.headLength();
        Request request = head.request().with(Arrays.copyOfRange(received, from, from + head.bodyLength()));
        received = null;
        length = 0;
        hold(0);
        stage = Stage.WAITING;
        deadline = loop.now().plus(TO_ANSWER);
        // A client may close its half and still read; and what else it sends can wait in the kernel.
        key.interestOps(0);
        site.answer(request).whenComplete((response, failure) ->
                loop.execute(() -> answered(response, failure)));
    }

    private void answered(Response response, Throwable failure) {
        if (!channel.isOpen() || stage != Stage.WAITING) {
            return;
        }
        try {
            respond(failure == null
                    ? response
                    : Response.text(500, "failed: " + VisibleText.of(failure.toString()) + "\n"));
        } catch (IOException gone) {
            end();
        }
    }

    private void respond(Response response) throws IOException {
        boolean headOnly = head != null && head.request().method().equals("HEAD");
        Response sent = response;
        if (!hold(sent.body().length)) {
            sent = Response.text(503, "the answer is " + sent.body().length + " bytes long: too long to be kept here\n");
            hold(0);
        }
        challenge = sent.challenge();
        output = new ByteBuffer[] {sent.head(), headOnly ? ByteBuffer.allocate(0) : ByteBuffer.wrap(sent.body())};
        received = null;
        stage = Stage.WRITING;
        deadline = loop.now().plus(TO_READ);
        write();
    }

    private void write() throws IOException {
        int end = output[1].limit();
        output[1].limit(Math.min(end, output[1].position() + PIECE));
        channel.write(output);
        output[1].limit(end);
        if (output[0].hasRemaining() || output[1].hasRemaining()) {
            key.interestOps(SelectionKey.OP_WRITE);
            return;
        }
        output = null;
        hold(0);
        key.interestOps(SelectionKey.OP_READ);
        if (challenge.isEmpty()) {
            channel.shutdownOutput();
            stage = Stage.LEAVING;
            deadline = loop.now().plus(TO_READ);
        } else {
            peer = peer.challengedWith(challenge);
            head = null;
            length = 0;
            stage = Stage.READING;
            deadline = loop.now().plus(TO_SEND);
        }
    }

    private void discard() throws IOException {
        if (channel.read(scratch.clear()) < 0) {
            leave();
        }
    }
}
