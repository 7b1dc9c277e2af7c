package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.os.Child;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessTable;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The server process that a node has now: what is known of it while it lives, and how it ended. */
public final class LiveServer {
    private static final Duration FIRST_LOOK = Duration.ofMillis(20);
    private static final Duration SLOWEST_LOOK = Duration.ofMillis(500);

    /** The reaper tells an end within microseconds of taking it; a second late is never. */
    private static final Duration MISSED = Duration.ofSeconds(1);

    private final Duration since;
    private ProcessIdentity identity;
    private Child startedAs;
    private CompletableFuture<ExitStatus> exit;
    private final boolean reapedHere;
    private Duration lookPause = FIRST_LOOK;
    private Optional<Duration> missingSince = Optional.empty();
    private StopStage stopStage = StopStage.NONE;
    private boolean pidFileNamedIt;

    /** One that somebody else started. */
    public LiveServer(ProcessIdentity identity, Duration since, CompletableFuture<ExitStatus> exit) {
        this(identity, since, exit, true);
    }

    /** One that is about to be started: {@link #is} follows. */
    LiveServer(Duration since) {
        this(null, since, null, true);
    }

    private LiveServer(
            ProcessIdentity identity, Duration since, CompletableFuture<ExitStatus> exit, boolean reapedHere) {
        this.identity = identity;
        this.since = since;
        this.exit = exit;
        this.reapedHere = reapedHere;
    }

    /** A child of another pid 1, which reaps it, or leaves it a zombie, and tells nobody. */
    static LiveServer ofAnotherInit(ProcessIdentity identity, Duration since) {
        return new LiveServer(identity, since, new CompletableFuture<>(), false);
    }

    /** Which process it is. Needs no memory: a server of which nobody knows would be the result. */
    void is(Child started) {
        identity = started.identity();
        startedAs = started;
    }

    boolean hasProcess() {
        return identity != null;
    }

    ProcessIdentity identity() {
        return identity;
    }

    /** When it was started or adopted. */
    Duration since() {
        return since;
    }

    /** How long to wait before the next look for readiness: short at first, longer and longer. */
    Duration nextLook() {
        Duration pause = lookPause;
        lookPause = lookPause.multipliedBy(3).dividedBy(2);
        lookPause = lookPause.compareTo(SLOWEST_LOOK) > 0 ? SLOWEST_LOOK : lookPause;
        return pause;
    }

    StopStage stopStage() {
        return stopStage;
    }

    /**
     * Sends the signal of this stage, if it has not been told as firmly already.
     *
     * @return what was done, for the log
     */
    public Optional<String> tellToStop(StopStage stage, Program program, ProcessTable processes) {
        Optional<Signal> signal = stage.signal(program, stopStage);
        boolean sent = signal.isPresent() && processes.signal(identity, signal.get());
        // At once and not before: one that could not be sent for want of memory is sent in the next turn, and none twice.
        stopStage = stage.compareTo(stopStage) > 0 ? stage : stopStage;
        return signal.map(firmer -> stage.name().toLowerCase(Locale.ROOT) + " shutdown, "
                + (sent ? "sent SIG" : "could not send SIG") + firmer + " to " + identity);
    }

    /** Whether the pid file has named it while it lived: GTM that cannot start never writes one. */
    boolean pidFileNamedIt() {
        return pidFileNamedIt;
    }

    void note(PidFile pidFile) {
        pidFileNamedIt |= pidFile instanceof PidFile.Named named && named.pid() == identity.pid();
    }

    /**
     * @param processes show whether it is there; asked only while nobody has told of its end
     * @param now a monotonic time
     * @param ends told of a server of whose end nobody will tell
     * @return how it ended, if it did
     */
    Optional<ExitStatus> end(ProcessTable processes, Duration now, AdoptedExits ends) {
        if (exit == null) {
            exit = startedAs.exit();
        }
        if (exit.isDone()) {
            return Optional.of(exit.join());
        }
        if (!reapedHere) {
            return processes.isAlive(identity) ? Optional.empty() : Optional.of(ends.missed(identity));
        }
        if (processes.exists(identity)) {
            missingSince = Optional.empty();
            return Optional.empty();
        }
        if (missingSince.isEmpty()) {
            missingSince = Optional.of(now);
        }
        return now.minus(missingSince.get()).compareTo(MISSED) >= 0
                ? Optional.of(ends.missed(identity))
                : Optional.empty();
    }
}
