package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.log.EventLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that reaps. It looks at a zombie without taking it ({@code WNOWAIT}), so its number cannot
 * be given to another process; decides under the registry's lock whose it is; takes exactly that one; and
 * tells. Orphans may come by the thousand: each costs these two calls, and nothing of {@code /proc} unless a
 * signal killed it. Nothing that goes wrong ends the thread.
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
    /** After a failure, so that one that lasts does not burn the processor. */
    private static final Duration FAILURE_PAUSE = Duration.ofMillis(100);
    private static final int DELIVERY_ATTEMPTS = 3;

    private final Libc libc;
    private final EventLog log;
    private final MonotonicClock clock;
    private final ChildRegistry registry;
    private final FirstChild firstChild;
    private final OrphanRain rain = new OrphanRain();
    private final AtomicLong orphans = new AtomicLong();
    private final AtomicLong children = new AtomicLong();
    private final int[] siginfo = new int[Libc.SIGINFO_INTS];
    /** Copied when one is added; an array, for its iteration needs no memory. */
    private volatile Listener[] listeners = {};

    /** Hears of every process that was reaped. */
    @FunctionalInterface
    public interface Listener {
        /** Called by the reaper's thread after the process is gone; must not block. */
        void reaped(Reaped end);
    }

    private record Taken(Reaped end, OwnChild child) {
    }

    /** With the clock of the system. @param log told of what goes wrong here and in listeners */
    public Reaper(Libc libc, EventLog log) {
        this(libc, log, MonotonicClock.system());
    }

    /**
     * @param log told of what goes wrong here and in listeners
     * @param clock for {@link Reaped#at}
     */
    public Reaper(Libc libc, EventLog log, MonotonicClock clock) {
        this.libc = libc;
        this.log = log;
        this.clock = clock;
        this.registry = new ChildRegistry(libc);
        this.firstChild = new FirstChild(libc);
    }

    /** Starts the thread, as a daemon. There must be one reaper in a process, and no other waits for children. */
    public void start() {
        // A disposition of SIG_IGN outlives exec, and with it the kernel drops the statuses of all children.
        libc.resetSignal(Signal.CHLD.number());
        firstChild.open();
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
                reapOne();
            } catch (Throwable e) {
                recover(e);
            }
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
            int pid = siginfo[PID];
            registry.strike(pid, child -> take(pid, child)).ifPresent(this::deliver);
        } else if (!Errno.EINTR.is(result)) {
            throw new IllegalStateException("waitid failed: " + Errno.describe(result));
        }
    }

    /**
     * Takes what was seen, now that nobody else can reap: the child of a {@code posix_spawn} that fails is reaped by
     * glibc, inside that call, and its number may have an owner since. All memory that the news needs is allocated
     * before the kernel forgets the process.
     */
    private Optional<Taken> take(int pid, OwnChild child) {
        int code = siginfo[CODE];
        int status = siginfo[STATUS];
        Duration at = clock.now();
        // Read before the number is free: afterwards /proc may show its next owner.
        ProcessIdentity process = child != null ? child.identity() : new ProcessIdentity(pid, startTicks(pid, code));
        Optional<Taken> seen = Optional.of(taken(process, child, code, status, at));
        int result = libc.waitid(Libc.P_PID, pid, siginfo, Libc.WEXITED | Libc.WNOHANG);
        if (result < 0 || siginfo[PID] != pid) {
            return Optional.empty();
        }
        boolean same = siginfo[CODE] == code && siginfo[STATUS] == status;
        return same ? seen : Optional.of(taken(process, child, siginfo[CODE], siginfo[STATUS], at));
    }

    private static Taken taken(ProcessIdentity process, OwnChild child, int code, int status, Duration at) {
        return new Taken(new Reaped(process, status(code, status), child != null, at), child);
    }

    /** Whoever kills a server by hand kills its children too: so much must be known of orphans. */
    private static long startTicks(int pid, int code) {
        return code == CLD_EXITED
                ? ProcessIdentity.UNREAD
                : ProcStat.read(PROC, pid).map(stat -> stat.identity().startTicks()).orElse(ProcessIdentity.UNREAD);
    }

    private static ExitStatus status(int code, int status) {
        return switch (code) {
            case CLD_EXITED -> new ExitStatus.Exited(status);
            case CLD_KILLED -> new ExitStatus.Signaled(status, false);
            case CLD_DUMPED -> new ExitStatus.Signaled(status, true);
            default -> new ExitStatus.Unknown("waitid answered code " + code + ", status " + status);
        };
    }

    private void deliver(Taken taken) {
        Reaped end = taken.end();
        (end.ownChild() ? children : orphans).incrementAndGet();
        if (end.ownChild()) {
            complete(taken.child(), end.status());
        } else {
            rain.fell(end.at());
        }
        for (Listener listener : listeners) {
            try {
                listener.reaped(end);
            } catch (Throwable e) {
                complain("a listener failed at the end of", end.process(), e);
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

    private static void pause(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
        // Nobody may stop the reaper, and a set flag would end every pause at once.
        Thread.interrupted();
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
