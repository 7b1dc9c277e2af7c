package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaneTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger back = new AtomicInteger();
    private final DiskThreads threads = DiskThreads.of("test-disk", 2);
    private final Lane lane = new Lane(threads, MonotonicClock.system(), back::incrementAndGet);

    @AfterEach
    void answer() {
        answer.countDown();
    }

    @Test
    void aStepIsDoneByAnotherThreadAndItsResultComesBack() {
        Thread asking = Thread.currentThread();
        assertEquals(Optional.of(true), lane.ask(LONG, () -> Thread.currentThread() != asking));
        assertFalse(lane.hangs());
    }

    @Test
    void whileAStepHangsNoOtherIsBegun() throws Exception {
        assertEquals(Optional.empty(), lane.ask(SHORT, () -> answer.await(60, TimeUnit.SECONDS)));
        assertTrue(lane.hangs());
        assertEquals(Optional.empty(), lane.ask(LONG, () -> {
            throw new AssertionError("it is begun");
        }));
        answer.countDown();
        Eventually.holds("it comes back", () -> !lane.hangs());
        Eventually.holds("that is told", () -> back.get() == 1);
        assertEquals(Optional.of("next"), lane.ask(LONG, () -> "next"));
        assertEquals(Duration.ZERO, lane.hangsFor());
        assertEquals(1, back.get());
    }

    @Test
    void anErrorIsThrownByWhoeverAskedOrIfItComesLateByWhoeverAsksNext() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> lane.ask(LONG, () -> {
            throw new IllegalArgumentException("now");
        }));
        assertEquals(Optional.empty(), lane.ask(SHORT, () -> {
            answer.await(60, TimeUnit.SECONDS);
            throw new OutOfMemoryError("late");
        }));
        answer.countDown();
        Eventually.holds("it comes back", () -> !lane.hangs());
        assertEquals("late", assertThrows(OutOfMemoryError.class, () -> lane.ask(LONG, () -> "next")).getMessage());
        assertEquals(Optional.of("next"), lane.ask(LONG, () -> "next"));
    }

    @Test
    void withoutAThreadAStepIsNotBegunAndTheLaneIsFree() {
        threads.begin(() -> answer.await(60, TimeUnit.SECONDS));
        threads.begin(() -> answer.await(60, TimeUnit.SECONDS));
        assertEquals(Optional.empty(), lane.ask(LONG, () -> "no thread"));
        assertFalse(lane.hangs());
    }

    /** As where the container has no thread left: then there is none but the reserve. */
    @Test
    void theReserveServesOnePlaceWhileAnotherHangs() throws Exception {
        DiskThreads two = DiskThreads.withReserve("test-reserve", 2);
        assertEquals(Optional.empty(), new Lane(two, MonotonicClock.system(), back::incrementAndGet)
                .ask(SHORT, () -> answer.await(60, TimeUnit.SECONDS)));
        for (int i = 0; i < 50; i++) {
            // Between two steps the thread may need longer than a moment on a busy machine, and then it is tried again.
            Eventually.holds("it is done", () -> lane(two).ask(LONG, () -> "done").isPresent());
        }
    }

    private Lane lane(DiskThreads of) {
        return new Lane(of, MonotonicClock.system(), back::incrementAndGet);
    }

    /** The step goes on, so no other may be begun. */
    @Test
    void aFailureToWaitLeavesTheStepInItsPlace() throws Exception {
        var begun = new AtomicInteger();
        assertThrows(ArithmeticException.class, () -> lane.ask(Duration.ofSeconds(Long.MAX_VALUE), () -> {
            begun.incrementAndGet();
            return answer.await(60, TimeUnit.SECONDS);
        }));
        assertEquals(Optional.empty(), lane.ask(LONG, begun::incrementAndGet));
        answer.countDown();
        Eventually.holds("it comes back", () -> !lane.hangs());
        assertEquals(Optional.of(2), lane.ask(LONG, begun::incrementAndGet));
    }

    @Test
    void anInterruptEndsNoWait() {
        Thread.currentThread().interrupt();
        assertEquals(Optional.of("done"), lane.ask(LONG, () -> "done"));
        assertFalse(Thread.interrupted(), "it is swallowed");
    }

    @Test
    void oneThreadServesManyPlacesThatAnswer() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            names.add(new Lane(threads, MonotonicClock.system(), back::incrementAndGet)
                    .ask(LONG, () -> Thread.currentThread().getName()).orElseThrow());
        }
        assertTrue(names.stream().distinct().count() <= 2, names::toString);
    }

    @Test
    void whatWaitsForAThreadIsLeftOutOnceNobodyWantsIt() throws Exception {
        DiskThreads one = DiskThreads.queued("test-queue", 1, 2);
        var begun = new CountDownLatch(1);
        one.begin(() -> {
            begun.countDown();
            return answer.await(60, TimeUnit.SECONDS);
        });
        assertTrue(begun.await(60, TimeUnit.SECONDS));
        CompletableFuture<String> unwanted = one.begin(() -> {
            throw new AssertionError("it is begun");
        });
        CompletableFuture<String> wanted = one.begin(() -> "done");
        CompletableFuture<String> tooMany = one.begin(() -> "too many");
        assertTrue(assertThrows(ExecutionException.class, tooMany::get).getCause() instanceof RejectedExecutionException);
        unwanted.complete("given up");
        answer.countDown();
        assertEquals("done", wanted.get(60, TimeUnit.SECONDS));
        assertEquals("given up", unwanted.get());
    }
}
