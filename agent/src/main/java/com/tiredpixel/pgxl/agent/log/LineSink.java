package com.tiredpixel.pgxl.agent.log;

import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

/**
 * A bounded queue of lines in front of a channel, emptied by one daemon thread. Whoever offers a line never
 * waits for the reader of the channel: when the queue is full the line is left out and counted, and a line
 * says how many were, as soon as there is room.
 */
final class LineSink implements AutoCloseable {

    /** What may be left out first. */
    enum Importance {
        /** What a server prints: may fill three quarters of the queue. */
        SERVER,
        /** What the agent has to say: may fill it all. */
        EVENT
    }

    private static final long SHORTEST_PAUSE = 100_000_000;
    private static final long LONGEST_PAUSE = 10_000_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final int maximumBytes;
    private final int maximumLines;
    private final LongFunction<byte[]> leftOutLine;
    private final ChannelWriter writer;
    private final Thread thread;
    private ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private int queuedBytes;
    private boolean serversAreLeftOut;
    private boolean eventsAreLeftOut;
    private long leftOut;
    private boolean idle = true;
    private boolean failing;
    private boolean closed;

    /**
     * @param channel where lines go; its errors are outlived
     * @param maximumBytes that may wait
     * @param maximumLines that may wait
     * @param leftOutLine from a number of lines to a line that says that they were left out
     */
    LineSink(WritableByteChannel channel, int maximumBytes, int maximumLines, LongFunction<byte[]> leftOutLine) {
        this.maximumBytes = maximumBytes;
        this.maximumLines = maximumLines;
        this.leftOutLine = leftOutLine;
        this.writer = new ChannelWriter(channel);
        this.thread = new Thread(this::run, "log");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * @param line complete, with its line break
     * @return whether it was taken
     */
    boolean offer(byte[] line, Importance importance) {
        lock.lock();
        try {
            boolean full = importance == Importance.SERVER
                    ? serversAreLeftOut || !fits(line, maximumBytes - maximumBytes / 4, maximumLines - maximumLines / 4)
                    : eventsAreLeftOut || !fits(line, maximumBytes, maximumLines);
            if (full || closed) {
                // Nothing after a gap before the gap is told: what is printed stays in order.
                serversAreLeftOut = true;
                eventsAreLeftOut |= importance == Importance.EVENT;
                leftOut++;
                return false;
            }
            queue.add(line);
            queuedBytes += line.length;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Counts a line that could not even be made. */
    void leaveOut() {
        lock.lock();
        try {
            leftOut++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean fits(byte[] line, int bytes, int lines) {
        return queuedBytes + line.length <= bytes && queue.size() < lines;
    }

    /**
     * Waits until everything offered so far has been written. There is no waiting for a channel that has just
     * answered with an error.
     *
     * @return whether that came true within the time
     */
    boolean flush(Duration timeout) {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (!(idle && queue.isEmpty() && leftOut == 0)) {
                if (left <= 0 || closed || failing) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread, as soon as its current write ends; what waits is not written. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        writer.close();
        LockSupport.unpark(thread);
    }

    private void run() {
        ArrayDeque<byte[]> batch = new ArrayDeque<>();
        long pause = SHORTEST_PAUSE;
        while (true) {
            long gap;
            lock.lock();
            try {
                idle = true;
                changed.signalAll();
                while (queue.isEmpty() && leftOut == 0 && !closed) {
                    changed.awaitUninterruptibly();
                }
                if (closed) {
                    return;
                }
                ArrayDeque<byte[]> taken = queue;
                queue = batch;
                batch = taken;
                queuedBytes = 0;
                gap = leftOut;
                leftOut = 0;
                serversAreLeftOut = false;
                eventsAreLeftOut = false;
                idle = false;
            } finally {
                lock.unlock();
            }
            // The queue is only emptied as a whole, so the whole batch came before the gap.
            long lost = write(batch, gap);
            batch.clear();
            settle(lost);
            if (lost > 0) {
                LockSupport.parkNanos(pause);
            }
            pause = lost == 0 ? SHORTEST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
        }
    }

    /** @return how many lines were lost, those of the gap included if nobody could be told of it */
    private long write(ArrayDeque<byte[]> batch, long gap) {
        try {
            long lost = writer.write(batch);
            boolean told = lost == 0 && (gap == 0 || writer.write(List.of(leftOutLine.apply(gap))) == 0);
            return told ? 0 : lost + gap;
        } catch (RuntimeException | OutOfMemoryError failure) {
            return batch.size() + gap; // the end of this thread would be the end of the log
        }
    }

    private void settle(long lost) {
        lock.lock();
        try {
            leftOut += lost;
            failing = lost > 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
