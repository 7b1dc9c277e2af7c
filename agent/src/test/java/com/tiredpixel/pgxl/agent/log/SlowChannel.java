package com.tiredpixel.pgxl.agent.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A standard output that can be full, broken or slow, and remembers what it took. */
final class SlowChannel implements WritableByteChannel {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final CountDownLatch entered = new CountDownLatch(1);
    private volatile boolean blocked;
    private int perWrite = Integer.MAX_VALUE;
    private int failures;
    private int zeros;
    private int throwing;
    private Throwable thrown;
    private String error = "Broken pipe";

    @Override
    public synchronized int write(ByteBuffer source) throws IOException {
        entered.countDown();
        try {
            while (blocked) {
                wait(1000);
            }
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
        if (throwing > 0) {
            throwing--;
            SlowChannel.<RuntimeException>sneak(thrown);
        }
        if (failures > 0) {
            failures--;
            throw new IOException(error);
        }
        if (zeros > 0) {
            zeros--;
            return 0;
        }
        int length = Math.min(source.remaining(), perWrite);
        byte[] bytes = new byte[length];
        source.get(bytes);
        taken.writeBytes(bytes);
        return length;
    }

    /** The reader has gone to sleep. */
    void block() {
        blocked = true;
    }

    synchronized void unblock() {
        blocked = false;
        notifyAll();
    }

    /** Waits until somebody tries to write. */
    void awaitWrite() throws InterruptedException {
        if (!entered.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody wrote");
        }
    }

    synchronized void failTimes(int times, String message) {
        failures = times;
        error = message;
    }

    /** What no channel should throw, and an empty heap may. */
    synchronized void throwTimes(int times, Throwable failure) {
        throwing = times;
        thrown = failure;
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
    }

    /** As FileChannel answers where write(2) says EAGAIN. */
    synchronized void takeNothingTimes(int times) {
        zeros = times;
    }

    synchronized void takeAtMost(int bytes) {
        perWrite = bytes;
    }

    synchronized String text() {
        return taken.toString(StandardCharsets.UTF_8);
    }

    synchronized void forget() {
        taken.reset();
    }

    synchronized boolean has(String part) {
        return text().contains(part);
    }

    static void await(BooleanSupplier condition, String what) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited 30 s for " + what);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
    }
}
