package com.tiredpixel.pgxl.agent.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class LoopFailuresTest {
    private final List<String> told = new ArrayList<>();
    private boolean noMemory;
    private Duration now = Duration.ofHours(1);
    private final LoopFailures failures = new LoopFailures((level, subject, message) -> told.add(message), () -> {
        if (noMemory) {
            throw new OutOfMemoryError("as a test says");
        }
        return now;
    }, "failed at work");

    @Test
    void whatWasNotedIsToldOnce() {
        failures.note(new IllegalStateException("broken"));
        failures.tell();
        failures.tell();

        assertEquals(1, told.size());
        assertTrue(told.get(0).startsWith("failed at work: java.lang.IllegalStateException: broken at com.tired"), told::toString);
    }

    @Test
    void itIsToldWhenThereIsMemoryForIt() {
        noMemory = true;
        failures.note(new OutOfMemoryError("as a test says"));
        failures.note(new StackOverflowError());
        failures.tell();
        assertEquals(List.of(), told);
        noMemory = false;
        failures.tell();

        assertEquals(1, told.size());
        assertTrue(told.get(0).contains("OutOfMemoryError") && told.get(0).endsWith("(and 1 more failures)"), told::toString);
    }

    @Test
    void manyFailuresAreFewLines() {
        for (int i = 0; i < 1000; i++) {
            failures.note(new IllegalStateException("broken"));
            failures.tell();
            now = now.plusMillis(100);
        }

        assertEquals(10, told.size());
        assertTrue(told.get(9).endsWith("(and 99 more failures)"), told::toString);
    }

    @Test
    void aThrowableThatCannotEvenBeToldHarmsNobody() {
        failures.note(new IllegalStateException() {
            @Override
            public String toString() {
                throw new OutOfMemoryError("as a test says");
            }
        });
        failures.tell();

        assertEquals(List.of(), told);
    }

    /** A failure may be that there is no memory. */
    @Test
    void toNoteAFailureNeedsNoMemory() {
        var failure = new IllegalStateException("broken");
        assertEquals(0, Allocations.of(() -> failures.note(failure)));
        assertEquals(0, Allocations.of(failures::succeeded));
    }

    @Test
    void aFailureInARowIsWaitedForLongerButNotForLong() {
        long first = timed();
        for (int i = 0; i < 4; i++) {
            failures.pause();
        }
        long later = timed();
        failures.succeeded();

        assertTrue(first < later, first + " " + later);
        assertTrue(later >= 500_000_000L, Long.toString(later));
    }

    /** Else whoever wakes a thread that fails again and again makes it take a core. */
    @Test
    void neitherAnInterruptNorAWakeUpMakesAPauseShorter() {
        for (int i = 0; i < 6; i++) {
            failures.pause();
        }
        Thread.currentThread().interrupt();
        LockSupport.unpark(Thread.currentThread());

        assertTrue(timed() >= 500_000_000L);
    }

    private long timed() {
        long start = System.nanoTime();
        failures.pause();
        return System.nanoTime() - start;
    }
}
