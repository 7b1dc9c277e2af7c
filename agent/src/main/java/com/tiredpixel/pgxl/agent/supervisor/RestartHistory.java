package com.tiredpixel.pgxl.agent.supervisor;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is remembered of a node's starts and crashes: how long to wait, and whether this is a crash loop.
 * A crash loop is a verdict for people and alarms; the agent keeps trying all the same.
 */
final class RestartHistory {
    /** A server that ran this long was healthy: the next crash counts as the first. */
    static final Duration QUIET_TIME = Duration.ofSeconds(60);

    static final int LOOP_STARTS = 5;
    static final Duration LOOP_WINDOW = Duration.ofSeconds(300);

    private final Deque<Duration> starts = new ArrayDeque<>();
    private int failuresInARow;
    private int restarts;

    /** @param now when the agent started the server again after a crash */
    void restarted(Duration now) {
        restarts++;
        starts.addLast(now);
        if (starts.size() > LOOP_STARTS) {
            starts.removeFirst();
        }
    }

    /**
     * Counts a crash or a failed start.
     *
     * @param ranFor how long the server had been there
     * @param chance see {@link Backoff#delay}
     * @return how long to wait before the next start
     */
    Duration crashed(Duration ranFor, double chance) {
        failuresInARow = ranFor.compareTo(QUIET_TIME) >= 0 ? 1 : failuresInARow + 1;
        return Backoff.delay(failuresInARow, chance);
    }

    /** The operator stopped or started the server: a new chapter. */
    void reset() {
        failuresInARow = 0;
        starts.clear();
    }

    /** @return whether the last {@value #LOOP_STARTS} restarts all lie within {@link #LOOP_WINDOW} */
    boolean isCrashLoop(Duration now) {
        return starts.size() == LOOP_STARTS
                && now.minus(starts.getFirst()).compareTo(LOOP_WINDOW) <= 0;
    }

    /** @return how often the agent has brought the server back since the container started */
    int restarts() {
        return restarts;
    }

    int failuresInARow() {
        return failuresInARow;
    }
}
