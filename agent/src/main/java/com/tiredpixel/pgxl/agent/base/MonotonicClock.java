package com.tiredpixel.pgxl.agent.base;

import java.time.Duration;

/** Time that never jumps: for every wait and deadline. The wall clock is for log lines only. */
@FunctionalInterface
public interface MonotonicClock {

    /** @return time since an arbitrary moment */
    Duration now();

    /** @return the clock of the Java run time, {@code CLOCK_MONOTONIC} */
    static MonotonicClock system() {
        return () -> Duration.ofNanos(System.nanoTime());
    }
}
