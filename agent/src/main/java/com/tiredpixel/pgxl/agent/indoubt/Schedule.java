package com.tiredpixel.pgxl.agent.indoubt;

import java.time.Duration;
import java.util.Optional;

/** When to look again. Pure. */
final class Schedule {
    /** While something is in doubt or does not answer: it may be back. */
    private static final Duration SOON = Duration.ofSeconds(10);

    /** A transaction that is younger is most likely just being committed. */
    private static final Duration YOUNG = Duration.ofSeconds(5);

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private Schedule() {
    }

    /**
     * @param due age from which a transaction is in doubt, and the usual time between two looks
     * @param unsettled whether something waits for the next look
     * @param oldest of those that are not that old yet
     */
    static Duration next(Duration due, boolean unsettled, Optional<Duration> oldest) {
        Duration next = unsettled && SOON.compareTo(due) < 0 ? SOON : due;
        Optional<Duration> until = oldest.filter(age -> age.compareTo(YOUNG) >= 0).map(due::minus);
        if (until.isPresent() && until.get().compareTo(next) < 0) {
            next = until.get().compareTo(SHORTEST) < 0 ? SHORTEST : until.get();
        }
        return next;
    }
}
