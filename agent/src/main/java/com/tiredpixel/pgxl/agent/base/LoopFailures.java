package com.tiredpixel.pgxl.agent.base;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * What fails in a loop that must never end. To {@link #note} a failure needs no memory, because there may be none; it is told
 * when there is some again, at most every ten seconds, with the number of failures since. For one thread.
 */
public final class LoopFailures {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final long SHORTEST_PAUSE = 20_000_000L;
    private static final long LONGEST_PAUSE = 500_000_000L;
    private static final int FRAMES = 6;

    private final EventLog log;
    private final MonotonicClock clock;
    private final String what;
    private Throwable first;
    private long count;
    private long pause = SHORTEST_PAUSE;
    private Duration lastLine;

    /**
     * @param log told of failures
     * @param clock for the time between two lines
     * @param what failed, such as {@code "failed looking after the nodes"}
     */
    public LoopFailures(EventLog log, MonotonicClock clock, String what) {
        this.log = log;
        this.clock = clock;
        this.what = what;
    }

    /** Keeps a failure until it is told. */
    public void note(Throwable failure) {
        if (count++ == 0) {
            first = failure;
        }
    }

    /** Nothing failed in this turn. */
    public void succeeded() {
        pause = SHORTEST_PAUSE;
    }

    /** Waits, twice as long after each failure in a row, half a second at most: a failure that lasts must not take a core. */
    public void pause() {
        long end = System.nanoTime() + pause;
        for (long left = pause; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            // Neither who interrupts the thread nor who has news for it makes the pause shorter.
            Thread.interrupted();
        }
        pause = Math.min(2 * pause, LONGEST_PAUSE);
    }

    /** Tells what was noted, if it is time and there is memory for it. Never throws. */
    public void tell() {
        if (count == 0) {
            return;
        }
        try {
            Duration now = clock.now();
            if (lastLine != null && now.minus(lastLine).compareTo(BETWEEN_LINES) < 0) {
                return;
            }
            String line = what + ": " + first + frames(first)
                    + (count == 1 ? "" : " (and " + (count - 1) + " more failures)");
            lastLine = now;
            count = 0;
            first = null;
            log.error("agent", line);
        } catch (Throwable noMemory) {
            // It is still noted, or the log has counted the line.
            return;
        }
    }

    private static String frames(Throwable e) {
        StackTraceElement[] frames = e.getStackTrace();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
            text.append(i == 0 ? " at " : " < ").append(frames[i]);
        }
        return text.toString();
    }
}
