package com.tiredpixel.pgxl.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateBoundTest {
    private Duration now = Duration.ofHours(7);
    private final RateBound bound = new RateBound(1000, 5000, () -> now);

    @Test
    void admitsABurstAndThenARate() {
        assertEquals(5000, admitted(20_000));
        assertEquals(15_000, bound.takeLeftOut());
        assertEquals(0, bound.takeLeftOut());
        now = now.plusMillis(500);
        assertEquals(500, admitted(20_000));
        now = now.plusHours(1);
        assertEquals(5000, admitted(20_000));
    }

    @Test
    void aRateBelowTenASecondIsKeptHoweverOftenItIsAsked() {
        RateBound slow = new RateBound(2, 1, () -> Duration.ofNanos(now.toNanos()));
        int admitted = 0;
        for (int i = 0; i < 100; i++) {
            now = now.plusMillis(100);
            admitted += slow.admit() ? 1 : 0;
        }
        assertEquals(1 + 20, admitted, "the burst, and two a second for ten seconds");
    }

    private int admitted(int tries) {
        int admitted = 0;
        for (int i = 0; i < tries; i++) {
            admitted += bound.admit() ? 1 : 0;
        }
        return admitted;
    }
}
