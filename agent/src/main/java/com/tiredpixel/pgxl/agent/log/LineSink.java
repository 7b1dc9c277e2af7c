package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.Daemon;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A bounded queue of lines in front of a channel, emptied by one daemon thread. Whoever offers a line never
 * waits for the reader of the channel: when the queue is full the line is left out and counted, and a line
 * says how many were, as soon as there is room.
 *
 * <p>The thread outlives whatever is thrown, and what it holds is in fields, so a turn that failed half way is taken up
 * by the next one. It waits on a monitor: to wait for a {@code Condition} needs memory.
 */
final class LineSink implements AutoCloseable {

    /** What may be left out first. */
    enum Importance {
        /** What a server prints: may fill three quarters of the queue. */
        SERVER,
        /** What the agent has to say: may fill it all. */
        EVENT
    }

    /** Makes the line that says how many lines are missing. */
    @FunctionalInterface
    interface Gap {
        /**
         * @param refused lines that there was no room for, or that the channel did not take
         * @param unmade lines that could not be made
         * @return a line with its line break
         */
        byte[] line(long refused, long unmade);
    }

    private static final long SHORTEST_PAUSE = 100_000_000;
    private static final long LONGEST_PAUSE = 10_000_000_000L;

    private final int maximumBytes;
    private final int maximumLines;
    private final Gap gap;
    private final ChannelWriter writer;
    private final Thread thread;

    // Under the monitor of this.
    private final LineQueue queue = new LineQueue();
    private boolean serversAreLeftOut;
    private boolean eventsAreLeftOut;
    private long refused;
    private long unmade;
    private boolean idle = true;
    private boolean failing;
    private boolean closed;

    // The thread's own.
    private final LineQueue batch = new LineQueue();
    private long batchRefused;
    private long batchUnmade;
    private long pause = SHORTEST_PAUSE;

    /**
     * @param channel where lines go; its errors are outlived
     * @param maximumBytes that may wait
     * @param maximumLines that may wait
     * @param gap makes the line that says how many were left out
     */
    LineSink(WritableByteChannel channel, int maximumBytes, int maximumLines, Gap gap) {
        this.maximumBytes = maximumBytes;
        this.maximumLines = maximumLines;
        this.gap = gap;
        this.writer = new ChannelWriter(channel);
        this.thread = Daemon.start("log", this::run);
    }

    /**
     * @param line complete, with its line break
     * @return whether it was taken
     */
    boolean offer(byte[] line, Importance importance) {
        var link = new LineQueue.Link(line);
        synchronized (this) {
            boolean full = importance == Importance.SERVER
                    ? serversAreLeftOut || !fits(link, maximumBytes - maximumBytes / 4, maximumLines - maximumLines / 4)
                    : eventsAreLeftOut || !fits(link, maximumBytes, maximumLines);
            if (full || closed) {
                // Nothing after a gap before the gap is told: what is printed stays in order.
                serversAreLeftOut = true;
                eventsAreLeftOut |= importance == Importance.EVENT;
                refused++;
                return false;
            }
            queue.add(link);
            notifyAll();
            return true;
        }
    }

    /** Counts a line that could not even be made. Needs no memory. */
    synchronized void leaveOut() {
        unmade++;
        notifyAll();
    }

    private boolean fits(LineQueue.Link link, int bytes, int lines) {
        return queue.bytes() + link.bytes() <= bytes && queue.lines() < lines;
    }

    /**
     * Waits until everything offered so far has been written. There is no waiting for a channel that has just
     * answered with an error.
     *
     * @return whether that came true within the time
     */
    synchronized boolean flush(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        try {
            while (!(idle && isEmpty())) {
                long left = end - System.nanoTime();
                if (left <= 0 || closed || failing) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isEmpty() {
        return queue.lines() == 0 && refused == 0 && unmade == 0;
    }

    /** Ends the thread, as soon as its current write ends; what waits is not written. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        writer.close();
        LockSupport.unpark(thread);
    }

    private void run() {
        while (true) {
            try {
                if (!await()) {
                    return;
                }
                settle(writer.write(batch));
            } catch (Throwable e) {
                // The end of this thread would be the end of the log. What is in the batch is written next time.
                LockSupport.parkNanos(SHORTEST_PAUSE);
            }
        }
    }

    /** @return false when it is closed */
    private synchronized boolean await() {
        idle = true;
        notifyAll();
        while (isEmpty() && batch.lines() == 0 && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Nobody may end the log by interrupting its thread.
                continue;
            }
        }
        if (batch.lines() == 0) {
            batch.takeAll(queue);
        }
        batchRefused += refused;
        batchUnmade += unmade;
        refused = 0;
        unmade = 0;
        serversAreLeftOut = false;
        eventsAreLeftOut = false;
        idle = false;
        return !closed;
    }

    /** The queue is only emptied as a whole, so the whole batch came before the gap. */
    private void settle(long lost) {
        boolean told = false;
        try {
            told = lost == 0 && (batchRefused + batchUnmade == 0 || tellGap());
        } finally {
            give(lost, told);
        }
        if (!told) {
            LockSupport.parkNanos(pause);
        }
        pause = told ? SHORTEST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
    }

    private boolean tellGap() {
        batch.add(new LineQueue.Link(gap.line(batchRefused, batchUnmade)));
        return writer.write(batch) == 0;
    }

    /** What nobody could be told of waits for the next turn, with what is left out meanwhile. */
    private synchronized void give(long lost, boolean told) {
        refused += told ? 0 : batchRefused + lost;
        unmade += told ? 0 : batchUnmade;
        batchRefused = 0;
        batchUnmade = 0;
        failing = !told;
        notifyAll();
    }
}
