package com.tiredpixel.pgxl.it;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions, each with a deadline. */
public final class Await {

    /** Long enough for anything that is not broken, on a machine that is busy. */
    public static final Duration LONG = Duration.ofSeconds(60);

    private static final Duration STEP = Duration.ofMillis(20);

    private Await() {
    }

    /**
     * Asks until there is an answer.
     *
     * @param what completes the sentence "no … within 60 s"
     * @throws AssertionError at the deadline
     */
    public static <T> T value(Duration deadline, String what, Supplier<Optional<T>> question) {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            Optional<T> answer = question.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("no " + what + " within " + deadline.toMillis() + " ms");
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }

    /** As {@link #value}, for a condition. */
    public static void until(Duration deadline, String what, BooleanSupplier condition) {
        value(deadline, what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /**
     * Watches that something stays true, for the whole time.
     *
     * @param what completes the sentence "… no longer holds after 3 ms"
     */
    public static void stays(Duration time, String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()) {
            if (!condition.getAsBoolean()) {
                throw new AssertionError(
                        what + " no longer holds after " + (System.nanoTime() - start) / 1_000_000 + " ms");
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }
}
