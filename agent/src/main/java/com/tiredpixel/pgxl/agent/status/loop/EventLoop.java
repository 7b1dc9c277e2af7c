package com.tiredpixel.pgxl.agent.status.loop;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread for every socket of this room, of clients and of probes. It sleeps in {@code select} as long as
 * no socket is open, without a time-out: being there costs nothing.
 */
public final class EventLoop implements Executor {
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(60);
    private static final long AFTER_FAILURE_NANOS = 100_000_000;
    /** Whoever finds a way to make a turn fail must not fill the log by it. */
    private static final long BETWEEN_LINES_NANOS = 10_000_000_000L;

    private final MonotonicClock clock;
    private final EventLog log;
    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparing(Timer::when));
    private final Thread thread;
    private long toldNanos = System.nanoTime() - BETWEEN_LINES_NANOS;

    private record Timer(Duration when, Runnable task) {
    }

    /** Whoever waits for a channel. Called by the loop's thread only; a failure closes its channel. */
    public interface Handler {
        /** The channel can do what its key is interested in. */
        void ready(SelectionKey key) throws IOException;

        /** @return when to call {@link #late}; null for never */
        Duration deadline();

        /** The deadline is over. */
        void late(SelectionKey key) throws IOException;

        /** The channel failed or was closed from outside, and is closed now. */
        void closed(String reason);

        /** @return whether the channel stays open whatever fails: one that listens is needed again */
        default boolean outlivesFailures() {
            return false;
        }
    }

    /** @throws IOException if the kernel has no descriptor left */
    public EventLoop(MonotonicClock clock, EventLog log) throws IOException {
        this.clock = clock;
        this.log = log;
        this.selector = Selector.open();
        this.thread = Daemon.start("status", this::run);
    }

    /** Runs a task on the loop's thread, soon. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    /** Loop's thread only. */
    public SelectionKey register(SelectableChannel channel, int operations, Handler handler) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, operations, handler);
    }

    /** Runs a task at a time, by the monotonic clock. Loop's thread only. */
    public void at(Duration when, Runnable task) {
        timers.add(new Timer(when, task));
    }

    /** @return by the monotonic clock */
    public Duration now() {
        return clock.now();
    }

    /** Whatever fails, there is a next turn: what stands in the handler allocates nothing that it cannot do without. */
    private void run() {
        while (true) {
            try {
                turn();
            } catch (Throwable e) {
                LockSupport.parkNanos(AFTER_FAILURE_NANOS);
                tell(e);
            }
        }
    }

    private void turn() throws IOException {
        selector.select(pause());
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        var ready = selector.selectedKeys();
        for (SelectionKey key : List.copyOf(ready)) {
            guarded(key, true);
        }
        ready.clear();
        Duration now = clock.now();
        while (!timers.isEmpty() && now.compareTo(timers.peek().when()) >= 0) {
            timers.poll().task().run();
        }
        for (SelectionKey key : List.copyOf(selector.keys())) {
            Duration deadline = ((Handler) key.attachment()).deadline();
            if (key.isValid() && deadline != null && now.compareTo(deadline) >= 0) {
                guarded(key, false);
            }
        }
    }

    /** @return milliseconds, 0 for as long as it takes */
    private long pause() {
        if (!tasks.isEmpty()) {
            return 1;
        }
        Duration next = timers.isEmpty() ? null : timers.peek().when();
        for (SelectionKey key : selector.keys()) {
            Duration deadline = ((Handler) key.attachment()).deadline();
            if (deadline != null && (next == null || deadline.compareTo(next) < 0)) {
                next = deadline;
            }
        }
        if (next == null) {
            return 0;
        }
        long millis = next.minus(clock.now()).toMillis() + 1;
        return Math.max(1, Math.min(millis, LONGEST_SLEEP.toMillis()));
    }

    private void guarded(SelectionKey key, boolean ready) {
        Handler handler = (Handler) key.attachment();
        try {
            if (!key.isValid()) {
                return;
            }
            if (ready) {
                handler.ready(key);
            } else {
                handler.late(key);
            }
        } catch (IOException e) {
            failed(key, handler, e);
        } catch (Throwable e) {
            failed(key, handler, e);
            tell(e);
        }
    }

    /** Closes first, because that gives memory back. */
    private static void failed(SelectionKey key, Handler handler, Throwable e) {
        if (!handler.outlivesFailures()) {
            close(key);
            handler.closed(e instanceof IOException ? String.valueOf(e.getMessage()) : e.getClass().getSimpleName());
        }
    }

    /** Closes a channel; its handler hears nothing more. */
    public static void close(SelectionKey key) {
        try {
            key.cancel();
            key.channel().close();
        } catch (IOException e) {
            // It is gone either way.
            return;
        }
    }

    private void tell(Throwable e) {
        long now = System.nanoTime();
        if (now - toldNanos < BETWEEN_LINES_NANOS) {
            return;
        }
        toldNanos = now;
        try {
            StackTraceElement[] frames = e.getStackTrace();
            log.warn("agent", "failed serving status: " + e + (frames.length > 0 ? " at " + frames[0] : ""));
        } catch (Throwable noMemory) {
            return;
        }
    }
}
