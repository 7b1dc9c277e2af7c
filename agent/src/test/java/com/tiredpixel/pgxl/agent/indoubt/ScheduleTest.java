package com.tiredpixel.pgxl.agent.indoubt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Duration DUE = Duration.ofSeconds(45);

    private static Optional<Duration> seconds(long seconds) {
        return Optional.of(Duration.ofSeconds(seconds));
    }

    @Test
    void itLooksAgainWhenTheOldestIsDueAndSoonWhileSomethingIsLeft() {
        assertEquals(DUE, Schedule.next(DUE, false, Optional.empty()));
        assertEquals(Duration.ofSeconds(10), Schedule.next(DUE, true, Optional.empty()));
        assertEquals(Duration.ofSeconds(15), Schedule.next(DUE, false, seconds(30)));
        assertEquals(Duration.ofSeconds(1), Schedule.next(DUE, false, seconds(45)));
        assertEquals(DUE, Schedule.next(DUE, false, seconds(2)), "most likely just being committed");
        assertEquals(Duration.ofSeconds(2), Schedule.next(Duration.ofSeconds(2), true, Optional.empty()));
    }

    /** Wherever between two looks a transaction is prepared. */
    @Test
    void noneIsOlderThanAMinuteWhenItIsSeenToBeDue() {
        for (int prepared = 0; prepared < 45; prepared++) {
            Duration age = DUE.minusSeconds(prepared);
            while (age.compareTo(DUE) < 0) {
                age = age.plus(Schedule.next(DUE, false, Optional.of(age)));
            }
            assertTrue(age.compareTo(Duration.ofSeconds(60)) <= 0, prepared + ": " + age);
        }
    }
}
