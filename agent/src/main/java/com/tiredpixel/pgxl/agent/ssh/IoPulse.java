package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.ShutdownChannelGroupException;
import java.time.Duration;

/**
 * Whether the thread that reads and writes all connections still turns. It is asked when somebody wants to know, and not
 * watched: an idle agent has nothing to wake up for. Whatever is wanted of a closed channel fails at once, and the thread
 * of its group is the one that says so.
 */
final class IoPulse implements CompletionHandler<Integer, Void> {
    private final AsynchronousSocketChannel closed;
    private final MonotonicClock clock;
    private Duration askedAt;

    IoPulse(AsynchronousChannelGroup group, MonotonicClock clock) throws IOException {
        this.clock = clock;
        this.closed = AsynchronousSocketChannel.open(group);
        closed.close();
    }

    /** @return for how long it has owed an answer; the first time that it is asked, and once it has answered, none */
    synchronized Duration silence() {
        Duration now = clock.now();
        if (askedAt != null) {
            return now.minus(askedAt);
        }
        askedAt = now;
        try {
            closed.read(ByteBuffer.allocate(0), null, this);
        } catch (ShutdownChannelGroupException closing) {
            askedAt = null;
        }
        return Duration.ZERO;
    }

    @Override
    public synchronized void failed(Throwable closedChannel, Void nothing) {
        askedAt = null;
    }

    @Override
    public synchronized void completed(Integer impossible, Void nothing) {
        askedAt = null;
    }
}
