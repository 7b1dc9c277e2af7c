package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.base.Daemon;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that may hang in a file system that does not answer, such as NFS without its server: no flag of {@code open(2)}
 * helps there, and no signal but the last ends the wait. So whoever must go on has such steps done by one of these, and
 * waits for it only so long. Their number is bounded: while all of them hang nothing more is begun.
 */
public final class DiskThreads {
    private static final long IDLE_SECONDS = 10;
    private static final int RESERVE = 2;

    private final Executor executor;

    private DiskThreads(Executor executor) {
        this.executor = executor;
    }

    /** Threads for steps that are few, or not begun at all: what finds no thread fails at once. */
    public static DiskThreads of(String name, int most) {
        return new DiskThreads(pool(name, 0, most));
    }

    /**
     * The same, of which two are there from now on, so that there are some when the container may have no more: one at
     * work, and one that hangs.
     *
     * @param most at least two
     */
    public static DiskThreads withReserve(String name, int most) {
        ThreadPoolExecutor pool = pool(name, RESERVE, most);
        pool.prestartAllCoreThreads();
        return new DiskThreads(pool);
    }

    private static ThreadPoolExecutor pool(String name, int always, int most) {
        return new ThreadPoolExecutor(always, most, IDLE_SECONDS, TimeUnit.SECONDS, new HandOver(), Daemon.numbered(name + "-"));
    }

    /** Waits a moment for a thread that has just given its last result, rather than make another one at once. */
    private static final class HandOver extends SynchronousQueue<Runnable> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable task) {
            try {
                return offer(task, 1, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /**
     * Threads for steps of which many may come at once: so many wait for one of them. All are there from now on, so that there
     * are some when the container may have no more.
     */
    public static DiskThreads queued(String name, int most, int waiting) {
        var pool = new ThreadPoolExecutor(
                most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(waiting), Daemon.numbered(name + "-"));
        pool.prestartAllCoreThreads();
        return new DiskThreads(pool);
    }

    /** None: whoever asks does the step himself. For tests. */
    public static DiskThreads none() {
        return new DiskThreads(Runnable::run);
    }

    /**
     * Begins a step. One that waits for a thread is left out once nobody wants its result, which is then complete.
     *
     * @return completed by a thread of these with what came of it; failed with {@link RejectedExecutionException} at once
     *     if there is no thread, nor can be
     */
    public <T> CompletableFuture<T> begin(Callable<T> step) {
        var result = new CompletableFuture<T>();
        try {
            executor.execute(() -> {
                if (result.isDone()) {
                    return;
                }
                try {
                    result.complete(step.call());
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(e);
        } catch (OutOfMemoryError e) {
            if (!String.valueOf(e.getMessage()).contains("thread")) {
                throw e;
            }
            result.completeExceptionally(new RejectedExecutionException(e));
        }
        return result;
    }
}
