package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.log.EventLog;
import com.tiredpixel.pgxl.agent.os.Libc;
import com.tiredpixel.pgxl.agent.os.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.Signal;
import com.tiredpixel.pgxl.agent.os.Signals;
import com.tiredpixel.pgxl.agent.os.Signals.Received;
import com.tiredpixel.pgxl.agent.ssh.SshServer;
import com.tiredpixel.pgxl.agent.supervisor.Supervisor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What each signal to the agent means: TERM and INT stop the container, HUP re-reads what can be re-read,
 * USR1 explains every node in the log, QUIT writes the stacks of all threads there. A signal that came before
 * {@link #open} is still pending in the kernel and is taken then.
 */
final class SignalDesk {
    private final EventLog log;
    private final MonotonicClock clock;
    private final Supervisor supervisor;
    private final SshServer ssh;
    private boolean stopping;
    private boolean hungUp;

    SignalDesk(EventLog log, MonotonicClock clock, Supervisor supervisor, SshServer ssh) {
        this.log = log;
        this.clock = clock;
        this.supervisor = supervisor;
        this.ssh = ssh;
    }

    /** Begins to take signals. */
    void open(Libc libc) {
        new Signals(libc, log, clock, this::take).start();
    }

    /**
     * What a signal means is done even if there is no memory to tell of it: nobody sends a stop twice. There is no
     * {@code switch} here, because javac makes a class of its own for one, and a full heap has no room to load it.
     */
    private void take(Received received) {
        Signal signal = received.signal();
        if (signal == Signal.TERM || signal == Signal.INT) {
            stop(received);
        } else if (signal == Signal.HUP) {
            supervisor.reload();
            tell(received, ": reads the volume and the configuration of PostgreSQL again");
        } else if (signal == Signal.USR1) {
            supervisor.explain();
        } else if (signal == Signal.QUIT) {
            tell(received, ": writes the stacks of all threads, and is no stop: those are SIGTERM and SIGINT");
            printStacks();
        } else {
            log.debug("agent", received + ": means nothing here");
        }
    }

    /** Called again until it has no error. */
    private void stop(Received received) {
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
