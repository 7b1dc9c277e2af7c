package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OrphanBurstTest {
    private static final Duration START = Duration.ofDays(3);

    private final OrphanBurst rain = new OrphanBurst();
    private Duration now = START;

    private void fall(int orphans, Duration apart) {
        for (int i = 0; i < orphans; i++) {
            now = now.plus(apart);
            rain.fell(now);
        }
    }

    @Test
    void aFewOrphansAreNoRain() {
        assertFalse(rain.isFalling(now));
        fall(15, Duration.ofMillis(1));
        assertFalse(rain.isFalling(now));
    }

    @Test
    void manyInAShortTimeAreRainUntilTheyStop() {
        fall(1000, Duration.ofMillis(1));
        assertTrue(rain.isFalling(now));
        assertTrue(rain.isFalling(now.plusMillis(80)));
        assertFalse(rain.isFalling(now.plusMillis(100)));
    }

    @Test
    void asManyInALongTimeAreNone() {
        fall(1000, Duration.ofMillis(10));
        assertFalse(rain.isFalling(now));
    }
}
