package com.tiredpixel.pgxl.agent.base;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The threads of the agent beside the main one: none keeps the program alive when that has ended. */
public final class Daemon {
    private Daemon() {
    }

    /**
     * Starts one.
     *
     * @param name for the stacks of SIGQUIT
     * @return it
     */
    public static Thread start(String name, Runnable work) {
        Thread thread = make(name, work);
        thread.start();
        return thread;
    }

    /** Makes one that is still to be started. */
    public static Thread make(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Repeats a step for ever.
     *
     * @param step does it, and says how long to wait before the next
     */
    public static void repeat(Supplier<Duration> step) {
        while (true) {
            pause(step.get());
        }
    }

    /** Waits so long. Nobody may end PID 1 by interrupting its threads. */
    public static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            Thread.interrupted();
        }
    }

    /** Makes threads of this name and a number. */
    public static ThreadFactory numbered(String prefix) {
        var number = new AtomicInteger();
        return work -> make(prefix + number.incrementAndGet(), work);
    }
}
