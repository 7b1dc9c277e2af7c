package com.tiredpixel.pgxl.agent.supervisor;

import java.time.Duration;

/**
 * How long to wait before a start. The first start after a quiet time comes at once: most crashes are
 * single, and every second without the node is a second without the cluster. From the second on the wait
 * doubles from one second to a minute, so that a node that cannot start costs nothing and fills no log.
 */
public final class Backoff {
    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofSeconds(60);

    private static final double JITTER = 0.2;

    private Backoff() {
    }

    /**
     * @param failures ends in a row, this one included; at least 1
     * @param chance 0 inclusive to 1 exclusive: nodes that died together should not come back in step
     * @return 0 for the first failure, then 1 s, 2 s, 4 s … 60 s, each shortened by up to a fifth
     */
    static Duration delay(int failures, double chance) {
        if (failures <= 1) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failures - 2, 6);
        Duration full = FIRST.multipliedBy(1L << doublings);
        Duration capped = full.compareTo(LONGEST) > 0 ? LONGEST : full;
        return Duration.ofNanos((long) (capped.toNanos() * (1 - JITTER * chance)));
    }
}
