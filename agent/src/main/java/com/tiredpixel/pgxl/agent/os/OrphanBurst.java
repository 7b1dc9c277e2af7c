package com.tiredpixel.pgxl.agent.os;

import java.time.Duration;

/** Whether orphans end so fast that to be woken for each one costs more than the news is worth. */
final class OrphanBurst {
    private static final int MANY = 16;
    private static final Duration SHORT = Duration.ofMillis(100);

    /** Of the last orphans, the oldest at {@link #oldest}. */
    private final long[] nanos = new long[MANY];
    private int oldest;
    private int known;

    /** An orphan has ended. */
    void fell(Duration at) {
        nanos[oldest] = at.toNanos();
        oldest = (oldest + 1) % MANY;
        known = Math.min(MANY, known + 1);
    }

    /** @return whether many have ended within a short time until now */
    boolean isFalling(Duration now) {
        return known == MANY && now.toNanos() - nanos[oldest] < SHORT.toNanos();
    }
}
