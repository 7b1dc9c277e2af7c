package com.tiredpixel.pgxl.agent.os;

import com.sun.jna.Function;
import java.nio.file.Path;

/** Exchanges two names in a loop, {@code renameat2(2)}, as somebody does who waits for the moment between look and open. */
public final class Exchange implements AutoCloseable {
    private static final int AT_FDCWD = -100;
    private static final int RENAME_EXCHANGE = 2;

    private final Thread thread;
    private volatile boolean over;
    private volatile long count;

    public Exchange(Path one, Path other) {
        Function rename = Function.getFunction("c", "renameat2");
        Object[] arguments = {AT_FDCWD, one.toString(), AT_FDCWD, other.toString(), RENAME_EXCHANGE};
        if (rename.invokeInt(arguments) != 0) {
            throw new IllegalStateException("renameat2 does not exchange " + one + " and " + other);
        }
        thread = new Thread(() -> {
            while (!over) {
                rename.invokeInt(arguments);
                count++;
            }
        }, "exchange");
        thread.setDaemon(true);
        thread.start();
    }

    public long count() {
        return count;
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
