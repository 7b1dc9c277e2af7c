package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.os.MonotonicClock;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Prints what a server writes to its pipe, line by line. It reads as fast as the server writes, whatever
 * becomes of the lines, because a server that finds its pipe full stands still. One for each server, run by a
 * thread of its own, which ends when the last process that holds the pipe has closed it.
 */
public final class ServerOutput implements Runnable {
    private static final long AFTER_FAILURE = 50_000_000L;
    /** A pipe that cannot be read for five seconds cannot be read. */
    private static final int MOST_FAILURES = 100;

    private final InputStream input;
    private final LineAssembler assembler;
    private final byte[] chunk = new byte[8 * 1024];

    /**
     * @param input our end of the pipe
     * @param subject the node, such as {@code "coordinator data/coord"}
     * @param lines where lines go
     * @param clock for the bound of 1,000 lines a second, 5,000 at once
     */
    public ServerOutput(InputStream input, String subject, ServerLines lines, MonotonicClock clock) {
        this.input = input;
        this.assembler = new LineAssembler(subject, lines, clock);
    }

    /**
     * Reads to the end of the pipe, or until another thread closes it. Nothing else ends it: without a reader the
     * server would stand still at its next line, once the pipe is full.
     */
    @Override
    public void run() {
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
