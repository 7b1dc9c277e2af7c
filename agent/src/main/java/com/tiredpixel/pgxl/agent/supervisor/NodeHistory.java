package com.tiredpixel.pgxl.agent.supervisor;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What has happened to a node since the container started, for those who watch from outside.
 *
 * @param restarts how often the agent brought it back, by how it had ended
 * @param lastEnd how its server ended last
 * @param timeToReady from the last start or adoption to the first evidence that it serves
 * @param lastStop how the agent's last stop of it went
 */
public record NodeHistory(
        Map<End, Integer> restarts,
        Optional<LastEnd> lastEnd,
        Optional<Duration> timeToReady,
        Optional<LastStop> lastStop) {

    /** How a server may end. */
    public enum End {
        /** In order, on somebody's request. */
        STOPPED,
        /** By itself, with an exit code. */
        EXITED,
        /** By a signal. */
        SIGNALED,
        /** The kernel would not start the program. */
        REFUSED,
        /** Nobody saw how. */
        UNKNOWN
    }

    /**
     * The last end.
     *
     * @param kind how
     * @param status exit code or signal, in words
     */
    public record LastEnd(End kind, String status) {
    }

    /**
     * A stop that the agent led.
     *
     * @param took from the first signal to the end of the process
     * @param mode the firmest that it took: {@code smart}, {@code fast}, {@code immediate} or {@code killed}
     */
    public record LastStop(Duration took, String mode) {
    }

    /** Copies the map. */
    public NodeHistory {
        restarts = Map.copyOf(restarts);
    }
}
