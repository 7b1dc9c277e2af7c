package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.os.MonotonicClock;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Prints what a server writes to its pipe, line by line. It reads as fast as the server writes, whatever
 * becomes of the lines, because a server that finds its pipe full stands still. One for each server, run by a
 * thread of its own, which ends when the last process that holds the pipe has closed it.
 */
public final class ServerOutput implements Runnable {
    private final InputStream input;
    private final LineAssembler assembler;

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

    /** Reads to the end of the pipe, or until another thread closes it. */
    @Override
    public void run() {
        byte[] chunk = new byte[8 * 1024];
        try {
            int read = input.read(chunk);
            while (read >= 0) {
                assembler.take(chunk, read);
                read = input.read(chunk);
            }
        } catch (IOException closed) {
            // By the supervisor, or by the kernel: either way there is no more to read.
        }
        assembler.finish();
    }

    /** @return the last 20 lines, oldest first, each cut at 1 KiB, for whoever explains a failed start */
    public List<String> tail() {
        return assembler.tail();
    }
}
