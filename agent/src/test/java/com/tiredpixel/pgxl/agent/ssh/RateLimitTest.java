package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private Duration now = Duration.ZERO;
    private final RateLimit limit = new RateLimit(() -> now, 2);
    private final List<String> said = new ArrayList<>();

    @Test
    void eachKeyHasSomeLinesAMinuteAndThenACount() {
        for (int i = 0; i < 5; i++) {
            limit.limit("a", "line", said::add);
        }
        limit.limit("b", "other", said::add);
        assertEquals(List.of("line", "line", "other"), said);
        now = Duration.ofSeconds(61);
        limit.limit("a", "line", said::add);
        limit.limit("a", "line", said::add);
        assertEquals(List.of("line (and 3 more like it before)", "line"), said.subList(3, 5));
    }

    @Test
    void aMillionKeysTakeBoundedMemory() {
        for (int i = 0; i < 100_000; i++) {
            limit.limit("key " + i, "line", said::add);
        }
        limit.limit("key 0", "again", said::add);
        assertEquals("again", said.get(said.size() - 1));
    }
}
