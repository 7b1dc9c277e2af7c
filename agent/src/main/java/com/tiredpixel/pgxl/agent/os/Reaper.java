package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.log.EventLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one thread that reaps. It looks at a zombie without taking it ({@code WNOWAIT}), so its number cannot
 * be given to another process; decides under the registry's lock whose it is; takes exactly that one; and
 * tells. Nothing that goes wrong ends the thread.
 */
public final class Reaper {
    private static final int CODE = 2;
    private static final int PID = 4;
    private static final int STATUS = 6;
    private static final int CLD_EXITED = 1;
    private static final int CLD_KILLED = 2;
    private static final int CLD_DUMPED = 3;
    /** Without children there is nothing to wait for; a start or SIGCHLD ends the pause sooner. */
    private static final Duration CHILDLESS_PAUSE = Duration.ofSeconds(30);
    /** After a failure, so that one that lasts does not burn the processor. */
    private static final Duration FAILURE_PAUSE = Duration.ofMillis(100);
    private static final int DELIVERY_ATTEMPTS = 3;

    private final Libc libc;
    private final EventLog log;
    private final Path proc;
    private final ChildRegistry registry;
    private final Semaphore awake = new Semaphore(0);
    private final AtomicLong orphans = new AtomicLong();
    private final AtomicLong children = new AtomicLong();
    private final int[] siginfo = new int[Libc.SIGINFO_INTS];
    /** Copied when one is added; an array, for its iteration needs no memory. */
    private volatile Listener[] listeners = {};

    /** Hears of every process that was reaped. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called by the reaper's thread after the process is gone; must not block.
         *
         * @param process which one
         * @param status how it ended
         * @param ownChild whether {@link Processes} started it; false for an orphan that fell to the agent
         */
        void reaped(ProcessIdentity process, ExitStatus status, boolean ownChild);
    }

    private record Reaped(ProcessIdentity process, ExitStatus status, OwnChild child) {
    }

    /** @param log told of what goes wrong here and in listeners */
    public Reaper(Libc libc, EventLog log) {
        this(libc, log, Path.of("/proc"));
    }

    Reaper(Libc libc, EventLog log, Path proc) {
        this.libc = libc;
        this.log = log;
        this.proc = proc;
        this.registry = new ChildRegistry(libc);
    }

    /** Starts the thread, as a daemon. There must be one reaper in a process, and no other waits for children. */
    public void start() {
        // A disposition of SIG_IGN outlives exec, and with it the kernel drops the statuses of all children.
        libc.resetSignal(Signal.CHLD.number());
        Thread thread = new Thread(this::run, "reaper");
        thread.setDaemon(true);
        thread.start();
    }

    /** @param listener hears of everything reaped from now on */
    public synchronized void addListener(Listener listener) {
        Listener[] more = Arrays.copyOf(listeners, listeners.length + 1);
        more[listeners.length] = listener;
        listeners = more;
    }

    /** There may be a first child: to be called at SIGCHLD. Costs nothing while the reaper waits for children. */
    public void wake() {
        if (awake.availablePermits() == 0) {
            awake.release();
        }
    }

    /** @return how many orphans have been reaped */
    public long orphansReaped() {
        return orphans.get();
    }

    /** @return how many children of our own have been reaped */
    public long childrenReaped() {
        return children.get();
    }

    ChildRegistry registry() {
        return registry;
    }

    private void run() {
        while (true) {
            try {
                reapOne();
            } catch (Throwable e) {
                recover(e);
            }
        }
    }

    private void reapOne() {
        int result = libc.waitid(Libc.P_ALL, 0, siginfo, Libc.WEXITED | Libc.WNOWAIT);
        if (Errno.ECHILD.is(result)) {
            pause(CHILDLESS_PAUSE);
        } else if (result == 0) {
            int pid = siginfo[PID];
            registry.strike(pid, child -> take(pid, child)).ifPresent(this::deliver);
        } else if (!Errno.EINTR.is(result)) {
            throw new IllegalStateException("waitid failed: " + Errno.describe(result));
        }
    }

    /**
     * Looks again, now that nobody else can reap: the child of a {@code posix_spawn} that fails is reaped by
     * glibc, inside that call. All memory that the news needs is allocated before the kernel forgets the process.
     */
    private Optional<Reaped> take(int pid, OwnChild child) {
        int result = libc.waitid(Libc.P_PID, pid, siginfo, Libc.WEXITED | Libc.WNOHANG | Libc.WNOWAIT);
        if (result < 0 || siginfo[PID] != pid) {
            return Optional.empty();
        }
        ProcessIdentity process = child != null
                ? child.identity()
                : ProcStat.read(proc, pid).map(ProcStat::identity).orElse(new ProcessIdentity(pid, 0));
        var reaped = Optional.of(new Reaped(process, status(siginfo[CODE], siginfo[STATUS]), child));
        libc.waitid(Libc.P_PID, pid, siginfo, Libc.WEXITED | Libc.WNOHANG);
        return reaped;
    }

    private static ExitStatus status(int code, int status) {
        return switch (code) {
            case CLD_EXITED -> new ExitStatus.Exited(status);
            case CLD_KILLED -> new ExitStatus.Signaled(status, false);
            case CLD_DUMPED -> new ExitStatus.Signaled(status, true);
            default -> new ExitStatus.Unknown("waitid answered code " + code + ", status " + status);
        };
    }

    private void deliver(Reaped reaped) {
        boolean own = reaped.child() != null;
        (own ? children : orphans).incrementAndGet();
        if (own) {
            complete(reaped.child(), reaped.status());
        }
        for (Listener listener : listeners) {
            try {
                listener.reaped(reaped.process(), reaped.status(), own);
            } catch (Throwable e) {
                complain("a listener failed at the end of", reaped.process(), e);
            }
        }
    }

    /** A dependant that ran out of memory leaves the others waiting; completing again calls those. */
    private void complete(OwnChild child, ExitStatus status) {
        for (int attempt = 1; attempt <= DELIVERY_ATTEMPTS; attempt++) {
            try {
                child.exited(status);
                return;
            } catch (Throwable e) {
                complain("not everyone could be told of the end of", child.identity(), e);
            }
        }
    }

    private void recover(Throwable failure) {
        try {
            log.error("agent", "the reaper failed and goes on: " + failure);
            pause(FAILURE_PAUSE);
        } catch (Throwable e) {
            // No memory even for that: the only thing left is to go on.
            return;
        }
    }

    private void pause(Duration duration) {
        try {
            awake.tryAcquire(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException no) {
            // Nobody may stop the reaper: tryAcquire has cleared the flag, and that was all.
            return;
        }
    }

    private void complain(String what, ProcessIdentity process, Object why) {
        try {
            log.warn("agent", what + " " + process + ": " + why);
        } catch (Throwable e) {
            // Silence, rather than one more failure on the way to the next listener.
            return;
        }
    }
}
