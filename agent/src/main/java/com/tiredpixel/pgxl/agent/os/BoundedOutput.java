package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.base.Daemon;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.exec.ExecuteStreamHandler;

/**
 * Keeps the first 64 KiB that a program prints and drains the rest, and gives it what it is to read. Commons Exec's own
 * handler keeps everything, and waits without end for a background process that holds the pipe.
 */
final class BoundedOutput implements ExecuteStreamHandler {
    private static final int KEPT_BYTES = 64 * 1024;
    private static final long STOP_MILLIS = 1000;

    private final byte[] input;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private OutputStream sink = OutputStream.nullOutputStream();
    private InputStream source = InputStream.nullInputStream();
    private Thread reader;

    /** @param input for the program to read; if it is empty its standard input is {@code /dev/null} */
    BoundedOutput(byte[] input) {
        this.input = input.clone();
    }

    @Override
    public void setProcessOutputStream(InputStream stream) {
        source = stream;
    }

    @Override
    public void setProcessErrorStream(InputStream stream) {
        // Standard error leads where standard output leads.
    }

    @Override
    public void setProcessInputStream(OutputStream stream) {
        sink = stream;
    }

    @Override
    public void start() {
        reader = Daemon.start("helper output", this::drain);
        if (input.length > 0) {
            // A pipe may have room for one page only, and the program may print before it has read everything.
            Daemon.start("helper input", this::feed);
        }
    }

    private void feed() {
        try (OutputStream all = sink) {
            all.write(input);
        } catch (IOException nobodyReads) {
            // It has ended, or was stopped: what it made of the rest is told by its status.
            return;
        }
    }

    private void drain() {
        byte[] chunk = new byte[8192];
        try {
            for (int count = source.read(chunk); count >= 0; count = source.read(chunk)) {
                keep(chunk, count);
            }
        } catch (IOException closed) {
            // By stop: what came so far is what there is.
            return;
        }
    }

    private synchronized void keep(byte[] chunk, int count) {
        kept.write(chunk, 0, Math.min(count, KEPT_BYTES - kept.size()));
    }

    /** The program has ended: what it wrote is in the pipe, and only a background process could write more. */
    @Override
    public void stop() throws IOException {
        try {
            reader.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        source.close();
        if (input.length > 0) {
            sink.close();
        }
    }

    synchronized String text() {
        return kept.toString(StandardCharsets.UTF_8);
    }
}
