package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StartupTaskTest {
    @Test
    void whoCanWaitIsToldOnceThatItTakesLongAndGetsItAllTheSame() {
        var answer = new CountDownLatch(1);
        StartupTask<String> late = StartupTask.begin("a late step", () -> {
            answer.await(60, TimeUnit.SECONDS);
            return "done";
        });
        assertEquals("done", late.get(Duration.ofMillis(50), answer::countDown));
    }

    @Test
    void whatComesInTimeIsNotSaidToBeLate() {
        assertEquals("done", StartupTask.begin("a quick step", () -> "done").get(Duration.ofSeconds(60), () -> {
            throw new AssertionError("it is not late");
        }));
    }

    @Test
    void aFailureIsThrownEarlyOrLate() {
        StartupTask<String> failing = StartupTask.begin("a failing step", () -> {
            throw new IllegalArgumentException("no");
        });
        IllegalStateException failure = assertThrows(
                IllegalStateException.class, () -> failing.get(Duration.ofSeconds(60), () -> { }));
        assertEquals("failed a failing step: java.lang.IllegalArgumentException: no", failure.getMessage());
    }
}
