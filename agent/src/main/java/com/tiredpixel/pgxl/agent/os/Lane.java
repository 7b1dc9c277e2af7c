package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Steps that touch one place on the disk, one after the other, each waited for only so long. When one hangs, no other is
 * begun until it comes back; so a place that does not answer takes one thread and no more.
 */
public final class Lane {
    private final DiskThreads threads;
    private final MonotonicClock clock;
    private final Runnable whenBack;
    private volatile CompletableFuture<?> begun;
    private volatile Duration since = Duration.ZERO;

    /**
     * @param threads do the steps
     * @param clock tells since when one hangs
     * @param whenBack called, by any thread, when a step that hung has come back
     */
    public Lane(DiskThreads threads, MonotonicClock clock, Runnable whenBack) {
        this.threads = threads;
        this.clock = clock;
        this.whenBack = whenBack;
    }

    /**
     * Has a step done, unless an earlier one hangs. An error of an earlier one that came back late is thrown first.
     *
     * @param patience how long to wait; what is begun goes on in any case
     * @param step its result is not null
     * @return what came of it; empty if it hangs, or was not begun
     */
    public synchronized <T> Optional<T> ask(Duration patience, Callable<T> step) {
        // It would keep the step from its thread.
        Thread.interrupted();
        if (hangs()) {
            return Optional.empty();
        }
        CompletableFuture<?> late = begun;
        if (late != null) {
            result(late, Duration.ZERO);
        }
        since = clock.now();
        CompletableFuture<T> asked = threads.begin(step);
        // From here on, whatever fails: no other is begun before this one is over.
        begun = asked;
        Optional<T> answer = result(asked, patience);
        if (answer.isEmpty() && !asked.isCompletedExceptionally()) {
            asked.whenComplete((result, error) -> whenBack.run());
        }
        return answer;
    }

    /** @return for how long a step hangs now; zero if none does */
    public Duration hangsFor() {
        return hangs() ? clock.now().minus(since) : Duration.ZERO;
    }

    /** @return whether a step hangs now */
    public boolean hangs() {
        CompletableFuture<?> step = begun;
        return step != null && !step.isDone();
    }

    /** Nobody may end a loop by interrupting its thread, so that counts for nothing. */
    private <T> Optional<T> result(CompletableFuture<T> asked, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                Optional<T> answer = Optional.of(asked.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
                begun = null;
                return answer;
            } catch (TimeoutException late) {
                return Optional.empty();
            } catch (ExecutionException e) {
                begun = null;
                return thrown(e.getCause());
            } catch (InterruptedException e) {
                continue;
            }
        }
    }

    private static <T> Optional<T> thrown(Throwable cause) {
        if (cause instanceof RejectedExecutionException) {
            return Optional.empty();
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw cause instanceof RuntimeException exception ? exception : new IllegalStateException(cause);
    }
}
