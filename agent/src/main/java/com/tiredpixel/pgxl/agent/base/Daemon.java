package com.tiredpixel.pgxl.agent.base;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

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

    /** Makes threads of this name and a number. */
    public static ThreadFactory numbered(String prefix) {
        var number = new AtomicInteger();
        return work -> make(prefix + number.incrementAndGet(), work);
    }
}
