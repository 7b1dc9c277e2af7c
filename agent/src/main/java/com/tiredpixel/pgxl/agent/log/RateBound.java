package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.time.Duration;

/** A token bucket that counts whom it turned away. For one thread. */
final class RateBound {
    private final long perSecond;
    private final long burst;
    private final MonotonicClock clock;
    private long tokens;
    private Duration filledAt;
    private long leftOut;

    /**
     * @param perSecond how many a second in the long run
     * @param burst how many at once
     */
    RateBound(long perSecond, long burst, MonotonicClock clock) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.clock = clock;
        this.tokens = burst;
        this.filledAt = clock.now();
    }

    /** @return whether one more may pass now; if not it is counted */
    boolean admit() {
        if (tokens == 0) {
            refill();
        }
        if (tokens == 0) {
            leftOut++;
            return false;
        }
        tokens--;
        return true;
    }

    /** @return how many were turned away since the last call */
    long takeLeftOut() {
        long count = leftOut;
        leftOut = 0;
        return count;
    }

    /** Waits for a tenth of a second's worth, so that a flood shows as blocks with a count between them. */
    private void refill() {
        Duration now = clock.now();
        long elapsedMillis = now.minus(filledAt).toMillis();
        long earned = elapsedMillis * perSecond / 1000;
        if (elapsedMillis >= 100 && earned > 0) {
            tokens = Math.min(burst, earned);
            filledAt = now;
        }
    }
}
