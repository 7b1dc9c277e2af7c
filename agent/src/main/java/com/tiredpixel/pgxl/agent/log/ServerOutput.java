package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Prints what a server writes to its pipe, line by line. It reads as fast as the server writes, whatever
 * becomes of the lines, because a server that finds its pipe full stands still. One for each server, run by a
 * thread of its own, which is there before the server, and ends when the last process that holds the pipe has closed it.
 */
public final class ServerOutput implements Runnable {
    private static final long AFTER_FAILURE = 50_000_000L;
    /** A pipe that cannot be read for five seconds cannot be read. */
    private static final int MOST_FAILURES = 100;

    private final LineAssembler assembler;
    private InputStream input;
    private boolean decided;
    private final byte[] chunk = new byte[8 * 1024];

    /**
     * @param subject the node, such as {@code "coordinator data/coord"}
     * @param lines where lines go
     * @param clock for the bound of 1,000 lines a second, 5,000 at once
     */
    public ServerOutput(String subject, ServerLines lines, MonotonicClock clock) {
        this.assembler = new LineAssembler(subject, lines, clock);
    }

    /** The server is there. Needs no memory. @param pipe our end of it */
    public synchronized void readFrom(InputStream pipe) {
        input = pipe;
        decided = true;
        notifyAll();
    }

    /** There will be no server. Needs no memory, and does nothing once there is one. */
    public synchronized void readNothing() {
        decided = true;
        notifyAll();
    }

    private synchronized boolean awaitPipe() {
        while (!decided) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Nobody may leave a server without a reader by interrupting the thread.
                continue;
            }
        }
        return input != null;
    }

    /**
     * Waits for the pipe, and reads to its end, or until another thread closes it. Nothing else ends it: without a
     * reader the server would stand still at its next line, once the pipe is full.
     */
    @Override
    public void run() {
        if (!awaitPipe()) {
            return;
        }
        int failures = 0;
        while (failures < MOST_FAILURES) {
            try {
                int read = input.read(chunk);
                if (read < 0) {
                    break;
                }
                assembler.take(chunk, read);
                failures = 0;
            } catch (IOException e) {
                failures++;
                LockSupport.parkNanos(AFTER_FAILURE);
            } catch (Throwable e) {
                // No memory, most likely: however long that lasts, the server must not wait for it.
                LockSupport.parkNanos(AFTER_FAILURE);
            }
        }
        assembler.finish();
    }

    /** @return the last 20 lines, oldest first, each cut at 1 KiB, for whoever explains a failed start */
    public List<String> tail() {
        return assembler.tail();
    }
}
