package com.tiredpixel.pgxl.agent.supervisor;

import java.time.Duration;

/**
 * How a server that ended by itself comes back. What counts is how long it had served: one that served is of use, so
 * its restart comes at once, however often it is killed; every second without the node is a second without the
 * cluster. One that dies before it serves, or soon after, waits from the second time on, and the wait doubles, so that
 * a node that cannot start costs nothing and fills no log. Crash recovery is no service, however long it takes.
 *
 * @param first wait, when the first start did not last
 * @param longest wait
 * @param quietTime a server that served this long was healthy: its crash counts as the first
 * @param loopStarts this many starts …
 * @param loopWindow … within this time are a crash loop
 */
public record RestartPolicy(
        Duration first, Duration longest, Duration quietTime, int loopStarts, Duration loopWindow) {

    private static final double JITTER = 0.2;

    /** @return what a crash loop is, in words */
    String loop() {
        return "crash loop: started " + loopStarts + " times within " + loopWindow.toSeconds() + " s";
    }

    /**
     * @param failures ends in a row, this one included; at least 1
     * @param chance 0 inclusive to 1 exclusive: nodes that died together should not come back in step
     * @return 0 for the first failure, then the first wait, doubling, up to the longest; each but 0
     *     shortened by up to a fifth
     */
    Duration delay(int failures, double chance) {
        if (failures <= 1) {
            return Duration.ZERO;
        }
        Duration full = first;
        for (int doubling = 2; doubling < failures && full.compareTo(longest) < 0; doubling++) {
            full = full.multipliedBy(2);
        }
        Duration capped = full.compareTo(longest) > 0 ? longest : full;
        return Duration.ofNanos((long) (capped.toNanos() * (1 - JITTER * chance)));
    }
}
