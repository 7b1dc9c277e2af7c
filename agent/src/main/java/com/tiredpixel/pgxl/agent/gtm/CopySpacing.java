package com.tiredpixel.pgxl.agent.gtm;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Which copies are kept: the newest three, and of each span of age the oldest, so that a fault that is noticed late
 * still finds one from before it. Pure.
 */
final class CopySpacing {
    /** How many there are at most. */
    static final int MOST = 10;

    private static final int NEWEST = 3;

    /** A copy moves from span to span as it ages, and meets there at most one that is older. */
    private static final List<Duration> SPANS = List.of(
            Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofHours(1),
            Duration.ofHours(6), Duration.ofDays(1), Duration.ofDays(365_000));

    private CopySpacing() {
    }

    /**
     * @param copies newest first
     * @return those that are no longer needed
     */
    static <T> List<T> superfluous(List<T> copies, java.util.function.Function<T, Instant> madeAt, Instant now) {
        var superfluous = new ArrayList<T>();
        for (int i = NEWEST; i < copies.size() - 1; i++) {
            // The next is older: if it is in the same span, it is the one to keep.
            if (span(madeAt.apply(copies.get(i)), now) == span(madeAt.apply(copies.get(i + 1)), now)) {
                superfluous.add(copies.get(i));
            }
        }
        return superfluous;
    }

    private static int span(Instant madeAt, Instant now) {
        Duration age = Duration.between(madeAt, now);
        int span = 0;
        while (span < SPANS.size() - 1 && age.compareTo(SPANS.get(span)) > 0) {
            span++;
        }
        return span;
    }
}
