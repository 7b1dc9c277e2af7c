package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A part of a start that nothing else waits for yet, done by a thread of its own, because there are more processors. */
final class StartupTask<T> {
    /** A machine may be this slow, and a thread that hangs must not keep a container that comes to nothing. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final Duration EVER = Duration.ofDays(36500);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);
    private static final int MOST_ATTEMPTS = 60;

    private final String what;
    private final FutureTask<T> task;

    private StartupTask(String what, Callable<T> step) {
        this.what = what;
        this.task = new FutureTask<>(step);
    }

    /** @param what is done, for the name of the thread and for errors */
    static <T> StartupTask<T> begin(String what, Callable<T> step) {
        var ahead = new StartupTask<>(what, step);
        Daemon.start(what, ahead.task);
        return ahead;
    }

    /** As the other, for a step that leaves nothing but what it did. */
    static StartupTask<Void> run(String what, Runnable step) {
        return begin(what, () -> {
            step.run();
            return null;
        });
    }

    /**
     * Waits for the end of it.
     *
     * @return what came of it
     * @throws IllegalStateException if it failed, or takes more than two minutes
     */
    T get() {
        return get(LONGEST);
    }

    /**
     * As {@link #get()}, however long it takes.
     *
     * @param late told once, when it takes longer than this
     */
    T get(Duration longerThan, Runnable late) {
        try {
            task.get(longerThan.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            late.run();
        } catch (ExecutionException | InterruptedException e) {
            return get(LONGEST);
        }
        return get(EVER);
    }

    private T get(Duration longest) {
        try {
            return task.get(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("failed " + what + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(what + " takes more than " + longest.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + what, e);
        }
    }

    /** Begins a step of which nobody waits for the end. Memory comes back: if there is none it is tried again, for a minute. */
    static void insist(EventLog log, String what, Runnable step) {
        Daemon.start(what, () -> {
            for (int attempts = 1; !isOver(log, what, step, attempts); attempts++) {
                Daemon.pause(BETWEEN_ATTEMPTS);
            }
        });
    }

    private static boolean isOver(EventLog log, String what, Runnable step, int attempts) {
        try {
            step.run();
            return true;
        } catch (Throwable e) {
            if (e instanceof OutOfMemoryError && attempts < MOST_ATTEMPTS) {
                return false;
            }
            log.error("agent", "failed " + what + ": " + e);
            return true;
        }
    }
}
