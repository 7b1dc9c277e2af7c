package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.Libc;
import com.tiredpixel.pgxl.agent.os.Signal;
import com.tiredpixel.pgxl.agent.os.Signals;
import com.tiredpixel.pgxl.agent.os.Signals.Received;
import com.tiredpixel.pgxl.agent.ssh.SshServer;
import com.tiredpixel.pgxl.agent.supervisor.Supervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What each signal to the agent means: TERM and INT stop the container, HUP re-reads what can be re-read,
 * USR1 explains every node in the log, QUIT writes the stacks of all threads there. A signal that came before
 * {@link #open} is still pending in the kernel and is taken then. A stop that comes before {@link #serve} waits for it, but
 * not for ever: until then nothing runs, and the volume may not answer.
 */
final class SignalHandler {
    /** Less than {@code docker stop} waits before it kills. */
    private static final Duration LONGEST_START = Duration.ofSeconds(5);

    private final EventLog log;
    private final MonotonicClock clock;
    private final Runnable giveUp;
    private final Duration longestStart;
    /** Null until there is one, as is {@link #ssh}. */
    private Supervisor supervisor;
    private SshServer ssh;
    /** The first; null until one has come. */
    private Received stop;
    private boolean waiting;
    private boolean stopping;
    private boolean hungUp;

    /** @param giveUp ends the agent, of which nothing runs yet */
    SignalHandler(EventLog log, MonotonicClock clock, Runnable giveUp) {
        this(log, clock, giveUp, LONGEST_START);
    }

    SignalHandler(EventLog log, MonotonicClock clock, Runnable giveUp, Duration longestStart) {
        this.log = log;
        this.clock = clock;
        this.giveUp = giveUp;
        this.longestStart = longestStart;
    }

    /** Begins to take signals. */
    void open(Libc libc) {
        new Signals(libc, log, clock, this::take).start();
    }

    /** From here on there is something to signal, and a stop that has come is carried out. */
    synchronized void serve(Supervisor servers, SshServer sessions) {
        ssh = sessions;
        supervisor = servers;
        notifyAll();
        if (stop != null) {
            try {
                carryOut(stop);
            } catch (Throwable e) {
                log.leftOut();
            }
        }
    }

    /**
     * What a signal means is done even if there is no memory to tell of it: nobody sends a stop twice. There is no
     * {@code switch} here, because javac makes a class of its own for one, and a full heap has no room to load it.
     */
    synchronized void take(Received received) {
        Signal signal = received.signal();
        if (signal == Signal.TERM || signal == Signal.INT) {
            stop(received);
        } else if (signal == Signal.QUIT) {
            tell(received, ": writes the stacks of all threads, and is no stop: those are SIGTERM and SIGINT");
            printStacks();
        } else if (signal == Signal.HUP && supervisor != null) {
            supervisor.reload();
            tell(received, ": reads the volume and the configuration of PostgreSQL again");
        } else if (signal == Signal.USR1 && supervisor != null) {
            supervisor.explain();
        } else if (signal != Signal.HUP && signal != Signal.USR1) {
            log.debug("agent", received + ": means nothing here");
        }
    }

    /** Called again until it has no error. */
    private void stop(Received received) {
        if (stop == null) {
            stop = received;
        }
        if (supervisor != null) {
            carryOut(received);
        } else if (waiting) {
            tell(received, ": the stop is under way");
        } else {
            Daemon.start("stop before the start", this::awaitStart);
            waiting = true;
        }
    }

    private void carryOut(Received received) {
        if (hungUp) {
            tell(received, ": the stop is under way");
            return;
        }
        try {
            if (!stopping) {
                stopping = true;
                tell(received, ": the container stops");
            }
            // Before the servers: a pg_ctl that is still starting one must not be answered with a stop.
            ssh.closeToNewSessions();
            ssh.hangUp();
            hungUp = true;
        } finally {
            supervisor.stop();
        }
    }

    private synchronized void awaitStart() {
        long end = System.nanoTime() + longestStart.toNanos();
        while (supervisor == null && System.nanoTime() < end) {
            try {
                wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                continue;
            }
        }
        if (supervisor == null) {
            try {
                log.error("agent", stop + ": the container stops before it has started: the volume does not answer");
            } finally {
                giveUp.run();
            }
        }
    }

    private void tell(Received received, String what) {
        try {
            log.info("agent", received + what);
        } catch (Throwable e) {
            log.leftOut();
        }
    }

    private void printStacks() {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
            StringBuilder line = new StringBuilder(thread.getKey().getName());
            for (StackTraceElement frame : thread.getValue()) {
                line.append(" < ").append(frame);
            }
            lines.add(line.toString());
        }
        lines.sort(null);
        lines.forEach(line -> log.info("agent", "thread " + line));
    }
}
