package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.supervisor.NodeHistory.End;
import com.tiredpixel.pgxl.agent.supervisor.NodeHistory.LastEnd;
import com.tiredpixel.pgxl.agent.supervisor.NodeHistory.LastStop;
import com.tiredpixel.pgxl.agent.supervisor.server.EndedServer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is remembered of one node's starts and ends: for the next decision about it, and for those who watch. It
 * has no clock and no effects.
 */
final class NodeMemory {
    /** Who kills by hand has something in mind, such as a start of his own; he has this long to say so. */
    private static final Duration OPERATORS_TURN = Duration.ofSeconds(5);

    private final RestartPolicy policy;

    // For the next decision.
    private final Deque<Duration> recentStarts = new ArrayDeque<>();
    private int failuresInARow;
    private Optional<EndedServer> last = Optional.empty();
    private Optional<Duration> servesSince = Optional.empty();
    private Duration served = Duration.ZERO;
    private boolean crashed;
    private boolean killedByHand;
    private boolean wentDownCleanly = true;

    // For those who watch.
    private final Map<End, Integer> restarts = new EnumMap<>(End.class);
    private Optional<LastEnd> lastEnd = Optional.empty();
    private Optional<Duration> timeToReady = Optional.empty();
    private Optional<LastStop> lastStop = Optional.empty();
    private Optional<Duration> toldToStopAt = Optional.empty();

    NodeMemory(RestartPolicy policy) {
        this.policy = policy;
    }

    /** The server that ended last. */
    Optional<EndedServer> last() {
        return last;
    }

    /** Whether the last stop left nothing to recover. */
    boolean wentDownCleanly() {
        return wentDownCleanly;
    }

    /** A server that somebody else started: a new chapter. */
    void adopted() {
        newChapter();
        servesSince = Optional.empty();
        wentDownCleanly = true;
    }

    /** Whatever comes next, it is not the agent that brings a crashed server back. */
    private void newChapter() {
        forgetFailures();
        crashed = false;
    }

    private void forgetFailures() {
        failuresInARow = 0;
        recentStarts.clear();
    }

    /** The agent tries to start one. */
    void launching(Duration now) {
        killedByHand = false;
        if (crashed) {
            recentStarts.addLast(now);
            if (recentStarts.size() > policy.loopStarts()) {
                recentStarts.removeFirst();
            }
            restarts.merge(lastEnd.map(LastEnd::kind).orElse(End.UNKNOWN), 1, Integer::sum);
        }
    }

    void launched() {
        servesSince = Optional.empty();
        wentDownCleanly = true;
    }

    void launchRefused(String reason) {
        crashed = true;
        // Else the next wait would be that after a server that served as long as the last one.
        last = Optional.empty();
        served = Duration.ZERO;
        lastEnd = Optional.of(new LastEnd(End.REFUSED, reason));
    }

    void becameReady(Duration now, Duration after) {
        servesSince = Optional.of(now);
        timeToReady = Optional.of(after);
    }

    void toldToStop(Duration now) {
        toldToStopAt = toldToStopAt.or(() -> Optional.of(now));
    }

    void ended(Duration now, EndedServer server) {
        served = servesSince.map(now::minus).orElse(Duration.ZERO);
        servesSince = Optional.empty();
        last = Optional.of(server);
    }

    /** The last server ended in a stop that the agent led. */
    void endedInAStop(Duration now, EndedServer server, boolean cleanly) {
        wentDownCleanly = cleanly;
        newChapter();
        toldToStopAt.ifPresent(since -> lastStop = Optional.of(
                new LastStop(now.minus(since), server.stopStage().name().toLowerCase(Locale.ROOT))));
        toldToStopAt = Optional.empty();
        noteEnd(server.status(), true);
    }

    private void noteEnd(ExitStatus status, boolean stopped) {
        End kind = stopped ? End.STOPPED
                : status instanceof ExitStatus.Signaled ? End.SIGNALED
                : status instanceof ExitStatus.Exited ? End.EXITED
                : End.UNKNOWN;
        lastEnd = Optional.of(new LastEnd(kind, status.toString()));
    }

    /** The last server ended by itself or by the operator, and that is the verdict on it. */
    void judged(EndedServer server, EndedServer.Verdict verdict, boolean held, boolean byHand) {
        killedByHand = byHand;
        noteEnd(server.status(), verdict.stopped());
        crashed = !verdict.stopped();
        if (held || verdict.stopped()) {
            forgetFailures();
        }
    }

    /**
     * The node is to stop, maybe while no server is there.
     *
     * @param state of the node, before it stops
     * @param pidFile as it is now, for a server that has ended and is not judged yet
     */
    void stopRequested(NodeState state, Supplier<PidFile> pidFile) {
        if (state == NodeState.SETTLING) {
            EndedServer server = last.orElseThrow();
            boolean stopped = server.judge(pidFile.get()).stopped();
            noteEnd(server.status(), stopped);
            wentDownCleanly = stopped;
            newChapter();
        } else if (state == NodeState.BACKING_OFF || state == NodeState.CLEARING) {
            wentDownCleanly &= !crashed;
            newChapter();
        }
    }

    /**
     * Counts a crash or a failed start.
     *
     * @param chance see {@link RestartPolicy#delay}
     * @return how long to wait before the next start
     */
    Duration delay(double chance) {
        failuresInARow = served.compareTo(policy.quietTime()) >= 0 ? 1 : failuresInARow + 1;
        Duration delay = policy.delay(failuresInARow, chance);
        return killedByHand && delay.compareTo(OPERATORS_TURN) < 0 ? OPERATORS_TURN : delay;
    }

    /** Whether the last starts were too many for their time: a verdict for people; the agent keeps trying all the same. */
    boolean isCrashLoop(Duration now) {
        return recentStarts.size() == policy.loopStarts()
                && now.minus(recentStarts.getFirst()).compareTo(policy.loopWindow()) <= 0;
    }

    /** How often the agent has brought the server back since the container started. */
    int restarts() {
        return restarts.values().stream().mapToInt(Integer::intValue).sum();
    }

    NodeHistory soFar() {
        return new NodeHistory(restarts, lastEnd, timeToReady, lastStop);
    }
}
