package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.LoopFailures;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes the signals that are sent to the agent, in one thread with {@code sigwaitinfo(2)}. The launcher
 * blocks them before the JVM exists, so a signal that came earlier is still pending here. The JVM leaves
 * the mask alone under {@code -Xrs}; without that it unblocks TERM, INT and HUP and dies of them.
 */
public final class Signals {
    private static final Set<Signal> TAKEN =
            Set.copyOf(EnumSet.of(Signal.TERM, Signal.INT, Signal.HUP, Signal.QUIT, Signal.USR1));

    /** Also CHLD, of which the {@link Reaper} reads; to take it here would be a wake-up for every process that ends. */
    private static final Set<Signal> BLOCKED = Set.copyOf(EnumSet.of(
            Signal.TERM, Signal.INT, Signal.HUP, Signal.QUIT, Signal.USR1, Signal.CHLD));

    private static final long TAKEN_MASK = mask(TAKEN);

    /** With the pauses between them about a hundred seconds. */
    private static final int MOST_TRIES = 200;

    private final Libc libc;
    private final LoopFailures failures;
    private final Consumer<Received> handler;
    private final int[] siginfo = new int[Libc.SIGINFO_INTS];
    private final Received[] withoutSender =
            TAKEN.stream().map(signal -> new Received(signal, 0, 0)).toArray(Received[]::new);
    /** One that the kernel has forgotten and that is not handled yet; null if there is none. */
    private Received unhandled;
    private int tries;

    /**
     * A signal that came. Standard signals do not queue: several of a kind may come as one.
     *
     * @param signal which
     * @param senderPid 0 if the sender is outside of this pid namespace, or the kernel, or there was no memory for it
     * @param senderUid as this user namespace sees it
     */
    public record Received(Signal signal, int senderPid, int senderUid) {
        @Override
        public String toString() {
            return "SIG" + signal + " from pid " + senderPid + ", uid " + senderUid;
        }
    }

    /**
     * @param handler called in the thread of this class; must not block. If it throws an {@link Error}, as where there is no
     *     memory, it is called again with the same signal for some time; after an exception it hears of the next one
     * @throws IllegalStateException if a thread of this process does not block what the launcher blocks: a
     *     signal could end the process there
     */
    public Signals(Libc libc, EventLog log, MonotonicClock clock, Consumer<Received> handler) {
        this.libc = libc;
        this.failures = new LoopFailures(log, clock, "handling a signal failed, the next one is awaited");
        this.handler = handler;
        List<String> gaps = gaps();
        if (!gaps.isEmpty()) {
            throw new IllegalStateException("signals are not blocked (" + gaps.get(0) + ", " + gaps.size()
                    + " threads in all): pgxl-agent must be started by its launcher, bin/pgxl-agent");
        }
    }

    /** Starts the thread, as a daemon. */
    public void start() {
        Daemon.start("signals", this::run);
    }

    private static List<String> gaps() {
        List<String> gaps = new ArrayList<>();
        for (OwnThreads.Thread thread : OwnThreads.list(Path.of("/proc/self"))) {
            long open = mask(BLOCKED) & ~thread.status().mask("SigBlk");
            if (open != 0) {
                gaps.add("thread " + thread.id() + " (" + thread.status().field("Name") + ") takes " + names(open));
            }
        }
        return gaps;
    }

    private static long mask(Set<Signal> signals) {
        return signals.stream().mapToLong(Signal::bit).sum();
    }

    private static String names(long mask) {
        StringBuilder names = new StringBuilder();
        for (Signal signal : EnumSet.copyOf(BLOCKED)) {
            if ((mask & signal.bit()) != 0) {
                names.append(names.isEmpty() ? "" : " ").append(signal);
            }
        }
        return names.toString();
    }

    private void run() {
        while (true) {
            try {
                takeOne();
                failures.succeeded();
            } catch (Throwable e) {
                failures.note(e);
                failures.pause();
            }
            failures.tell();
        }
    }

    private void takeOne() {
        if (unhandled == null && !awaitOne()) {
            return;
        }
        boolean again = false;
        try {
            handler.accept(withSender(unhandled));
        } catch (Error noMemory) {
            again = ++tries < MOST_TRIES;
            throw noMemory;
        } finally {
            if (!again) {
                unhandled = null;
                tries = 0;
            }
        }
    }

    /** The kernel forgets a signal that is taken, and it may be the order to stop: to keep it needs no memory. */
    private boolean awaitOne() {
        int number = libc.sigwaitinfo(TAKEN_MASK, siginfo);
        if (number < 0 && !Errno.EINTR.is(number) && !Errno.EAGAIN.is(number)) {
            throw new IllegalStateException("sigwaitinfo failed: " + Errno.describe(number));
        }
        for (Received bare : withoutSender) {
            if (bare.signal().number() == number) {
                unhandled = bare;
            }
        }
        return unhandled != null;
    }

    private Received withSender(Received bare) {
        try {
            return new Received(bare.signal(), siginfo[4], siginfo[5]);
        } catch (OutOfMemoryError none) {
            return bare;
        }
    }
}
