package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.LoopFailures;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that reaps. It looks at a zombie without taking it ({@code WNOWAIT}), so its number cannot
 * be given to another process; decides under the registry's lock whose it is; takes exactly that one; and
 * tells. Orphans may come by the thousand: each costs these two calls, and nothing of {@code /proc} unless a
 * signal killed it.
 *
 * <p>Nothing that goes wrong ends the thread, and no status is lost for want of memory: what the news needs is made
 * before the kernel forgets the process, and until everybody has been told no other process is taken.
 */
public final class Reaper {
    private static final Path PROC = Path.of("/proc");
    private static final int CODE = 2;
    private static final int PID = 4;
    private static final int STATUS = 6;
    private static final int CLD_EXITED = 1;
    private static final int CLD_KILLED = 2;
    private static final int CLD_DUMPED = 3;
    /** Without children there is nothing to wait for; a start or SIGCHLD ends the pause sooner. */
    private static final Duration CHILDLESS_PAUSE = Duration.ofSeconds(30);
    /** How long a zombie may lie, and a child of our own wait for its status, while orphans end by the hundred. */
    private static final Duration RAIN_PAUSE = Duration.ofMillis(10);
    /** Of one that never has enough memory; each but the first few after half a second. */
    private static final int MOST_ATTEMPTS = 1200;

    private final Libc libc;
    private final EventLog log;
    private final LoopFailures failures;
    private final MonotonicClock clock;
    private final ChildRegistry registry;
    private final ChildRegistry.Decision decision = this::take;
    private final ChildArrival firstChild;
    private final OrphanBurst rain = new OrphanBurst();
    private final AtomicLong orphans = new AtomicLong();
    private final AtomicLong children = new AtomicLong();
    private final int[] siginfo = new int[Libc.SIGINFO_INTS];
    /** Copied when one is added; an array, because its iteration needs no memory. */
    private volatile Listener[] listeners = {};

    /** Hears of every process that was reaped. */
    @FunctionalInterface
    public interface Listener {
        /** Called by the reaper's thread after the process is gone; must not block. */
        void reaped(Reaped end);
    }

    /** Reaped, and not told to everybody yet. The reaper's thread only. */
    private Taken owed;

    /** A process that the kernel has forgotten, and who has been told of its end. */
    private static final class Taken {
        private final Reaped seen;
        private final OwnChild child;
        private int code;
        private int status;
        private boolean asSeen = true;
        private boolean counted;
        private boolean childTold;
        private int listenersTold;
        private int attempts;

        /** @param code and status as they were seen before it was reaped */
        Taken(ProcessIdentity process, OwnChild child, Duration at, int code, int status) {
            this.seen = new Reaped(process, exitStatus(code, status), child != null, at);
            this.child = child;
            this.code = code;
            this.status = status;
        }

        /** Notes what the kernel said when it forgot the process, which is hardly ever something else. */
        void reaped(int lastCode, int lastStatus) {
            asSeen = code == lastCode && status == lastStatus;
            code = lastCode;
            status = lastStatus;
        }

        /** Needs no memory if the process was reaped as it was seen. */
        Reaped end() {
            return asSeen ? seen : new Reaped(seen.process(), exitStatus(code, status), seen.ownChild(), seen.at());
        }
    }

    /**
     * @param log told of what goes wrong here and in listeners
     * @param clock for {@link Reaped#at}
     */
    public Reaper(Libc libc, EventLog log, MonotonicClock clock) {
        this.libc = libc;
        this.log = log;
        this.failures = new LoopFailures(log, clock, "the reaper failed and goes on");
        this.clock = clock;
        this.registry = new ChildRegistry(libc);
        this.firstChild = new ChildArrival(libc);
    }

    /** Starts the thread, as a daemon. There must be one reaper in a process, and no other waits for children. */
    public void start() {
        // A disposition of SIG_IGN outlives exec, and with it the kernel drops the statuses of all children.
        libc.resetSignal(Signal.CHLD.number());
        firstChild.open();
        Daemon.start("reaper", this::run);
    }

    /** @param listener hears of everything reaped from now on */
    public synchronized void addListener(Listener listener) {
        Listener[] more = Arrays.copyOf(listeners, listeners.length + 1);
        more[listeners.length] = listener;
        listeners = more;
    }

    /** There may be a first child. */
    void wake() {
        firstChild.announce();
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
                if (owed == null) {
                    reapOne();
                }
                if (owed != null) {
                    deliver(owed);
                    owed = null;
                }
                failures.succeeded();
            } catch (Throwable e) {
                failures.note(e);
                failures.pause();
            }
            failures.tell();
        }
    }

    /** In a rain of orphans it does not wait for the next one to end, but for the next few. */
    private void reapOne() {
        boolean raining = rain.isFalling(clock.now());
        int result = libc.waitid(Libc.P_ALL, 0, siginfo, Libc.WEXITED | Libc.WNOWAIT | (raining ? Libc.WNOHANG : 0));
        boolean childless = Errno.ECHILD.is(result);
        if (raining && (childless || result == 0 && siginfo[PID] == 0)) {
            pause(RAIN_PAUSE);
        } else if (childless) {
            firstChild.await(CHILDLESS_PAUSE);
        } else if (result == 0) {
            registry.strike(siginfo[PID], decision);
        } else if (!Errno.EINTR.is(result)) {
            throw new IllegalStateException("waitid failed: " + Errno.describe(result));
        }
    }

    /**
     * Takes what was seen, now that nobody else can reap: the child of a {@code posix_spawn} that fails is reaped by
     * glibc, inside that call, and its number may have an owner since. All memory that the news needs is allocated
     * before the kernel forgets the process; afterwards it is only noted down.
     */
    private boolean take(int pid, OwnChild child) {
        Duration at = clock.now();
        // Read before the number is free: afterwards /proc may show its next owner.
        ProcessIdentity process =
                child != null ? child.identity() : new ProcessIdentity(pid, startTicks(pid, siginfo[CODE]));
        var taken = new Taken(process, child, at, siginfo[CODE], siginfo[STATUS]);
        int result = libc.waitid(Libc.P_PID, pid, siginfo, Libc.WEXITED | Libc.WNOHANG);
        if (result < 0 || siginfo[PID] != pid) {
            return false;
        }
        taken.reaped(siginfo[CODE], siginfo[STATUS]);
        owed = taken;
        return true;
    }

    /** Whoever kills a server by hand kills its children too: so much must be known of orphans. */
    private static long startTicks(int pid, int code) {
        return code == CLD_EXITED
                ? ProcessIdentity.UNREAD
                : ProcStat.read(PROC, pid).map(stat -> stat.identity().startTicks()).orElse(ProcessIdentity.UNREAD);
    }

    private static ExitStatus exitStatus(int code, int status) {
        return switch (code) {
            case CLD_EXITED -> new ExitStatus.Exited(status);
            case CLD_KILLED -> new ExitStatus.Signaled(status, false);
            case CLD_DUMPED -> new ExitStatus.Signaled(status, true);
            default -> new ExitStatus.Unknown("waitid answered code " + code + ", status " + status);
        };
    }

    /** Goes on where the last attempt failed. */
    private void deliver(Taken taken) {
        Reaped end = taken.end();
        if (!taken.counted) {
            (end.ownChild() ? children : orphans).incrementAndGet();
            if (!end.ownChild()) {
                rain.fell(end.at());
            }
            taken.counted = true;
        }
        if (!taken.childTold) {
            tellChild(taken, end.status());
            taken.childTold = true;
        }
        Listener[] all = listeners;
        while (taken.listenersTold < all.length) {
            tell(all[taken.listenersTold], taken, end);
            taken.listenersTold++;
        }
    }

    /** A dependant that ran out of memory leaves the others waiting; completing again calls those. */
    private void tellChild(Taken taken, ExitStatus status) {
        try {
            if (taken.child != null) {
                taken.child.exited(status);
            }
        } catch (Throwable e) {
            orElseGiveUp(taken, e, "not everyone could be told of the end of");
        }
    }

    private void tell(Listener listener, Taken taken, Reaped end) {
        try {
            listener.reaped(end);
        } catch (Throwable e) {
            orElseGiveUp(taken, e, "a listener failed at the end of");
        }
    }

    /** Memory comes back, so whoever had none is told again; whatever else he failed at, he would fail at again. */
    private void orElseGiveUp(Taken taken, Throwable failure, String what) {
        if (failure instanceof OutOfMemoryError noMemory && ++taken.attempts < MOST_ATTEMPTS) {
            throw noMemory;
        }
        taken.attempts = 0;
        try {
            log.warn("agent", what + " " + taken.seen.process() + ": " + failure);
        } catch (Throwable e) {
            log.leftOut();
        }
    }

    private static void pause(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
        // Nobody may stop the reaper, and a set flag would end every pause at once.
        Thread.interrupted();
    }
}
