package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.EventLog;

/**
 * What becomes of an error that ends a thread: a line in the log, or a count in the next one if there is no memory for
 * it. The loops of the agent let none come so far; a thread of a library may.
 */
final class UncaughtFailures implements Thread.UncaughtExceptionHandler {
    private final EventLog log;

    UncaughtFailures(EventLog log) {
        this.log = log;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        try {
            StackTraceElement[] frames = failure.getStackTrace();
            log.error("agent", "thread " + thread.getName() + " ended: " + failure
                    + (frames.length > 0 ? " at " + frames[0] : ""));
        } catch (Throwable noMemory) {
            log.leftOut();
        }
    }
}
