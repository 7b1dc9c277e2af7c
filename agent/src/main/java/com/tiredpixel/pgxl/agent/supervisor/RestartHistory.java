package com.tiredpixel.pgxl.agent.supervisor;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is remembered of a node's crashes and starts: how long to wait, and whether this is a crash loop.
 * A crash loop is a verdict for people and alarms; the agent keeps trying all the same.
 */
final class RestartHistory {
    private final RestartPolicy policy;
    private final Deque<Duration> starts = new ArrayDeque<>();
    private int failuresInARow;
    private int restarts;

    RestartHistory(RestartPolicy policy) {
        this.policy = policy;
    }

    /** @param now when the agent started the server again after a crash */
    void restarted(Duration now) {
        restarts++;
        starts.addLast(now);
        if (starts.size() > policy.loopStarts()) {
            starts.removeFirst();
        }
    }

    /**
     * Counts a crash or a failed start.
     *
     * @param servedFor how long the server had served; nothing if it never did
     * @param chance see {@link RestartPolicy#delay}
     * @return how long to wait before the next start
     */
    Duration crashed(Duration servedFor, double chance) {
        failuresInARow = servedFor.compareTo(policy.quietTime()) >= 0 ? 1 : failuresInARow + 1;
        return policy.delay(failuresInARow, chance);
    }

    /** The operator stopped or started the server: a new chapter. */
    void reset() {
        failuresInARow = 0;
        starts.clear();
    }

    /** @return whether the last starts were too many for their time */
    boolean isCrashLoop(Duration now) {
        return starts.size() == policy.loopStarts()
                && now.minus(starts.getFirst()).compareTo(policy.loopWindow()) <= 0;
    }

    /** @return how often the agent has brought the server back since the container started */
    int restarts() {
        return restarts;
    }
}
