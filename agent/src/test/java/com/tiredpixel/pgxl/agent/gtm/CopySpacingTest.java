package com.tiredpixel.pgxl.agent.gtm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CopySpacingTest {
    private static final Instant BEGIN = Instant.parse("2026-11-28T12:00:00Z");

    /** A copy each second, for two days. */
    @Test
    void thereAreNeverMoreThanTenAndAlwaysSomeOfEachAge() {
        List<Instant> copies = new ArrayList<>();
        Instant now = BEGIN;
        for (int second = 0; second < 2 * 86_400; second++) {
            now = now.plusSeconds(1);
            copies.add(0, now);
            copies.removeAll(CopySpacing.superfluous(copies, Function.identity(), now));
            assertTrue(copies.size() <= CopySpacing.MOST, copies.toString());
            assertEquals(now, copies.get(0));
        }
        for (Duration age : List.of(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(10),
                Duration.ofHours(1), Duration.ofHours(6), Duration.ofDays(1))) {
            Instant latest = now.minus(age);
            Instant end = now;
            assertTrue(copies.stream().anyMatch(copy -> !copy.isAfter(latest)
                    && Duration.between(copy, end).compareTo(age.multipliedBy(12)) < 0), age + ": " + copies);
        }
    }

    @Test
    void aClockThatIsSetBackLosesNoneOfTheNewest() {
        List<Instant> copies = List.of(
                BEGIN, BEGIN.plusSeconds(3600), BEGIN.plusSeconds(3599), BEGIN.plusSeconds(3598), BEGIN.minusSeconds(90));
        assertEquals(List.of(), CopySpacing.superfluous(copies, Function.identity(), BEGIN));
    }
}
