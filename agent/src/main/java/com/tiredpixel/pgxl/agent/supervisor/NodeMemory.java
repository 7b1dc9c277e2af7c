package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.PidFile;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is remembered of one node's starts and ends: for the next decision about it, and for those who watch. It
 * has no clock and no effects.
 */
final class NodeMemory {
    /** Who kills by hand has something in mind, such as a start of his own; he has this long to say so. */
    private static final Duration OPERATORS_TURN = Duration.ofSeconds(5);

    private final RestartHistory history;
    private final Chronicle chronicle = new Chronicle();
    private Optional<EndedServer> last = Optional.empty();
    private Optional<Duration> servesSince = Optional.empty();
    private Duration served = Duration.ZERO;
    private boolean crashed;
    private boolean killedByHand;
    private boolean wentDownCleanly = true;

    NodeMemory(RestartPolicy restarts) {
        this.history = new RestartHistory(restarts);
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
        history.reset();
        crashed = false;
    }

    /** The agent tries to start one. */
    void launching(Duration now) {
        killedByHand = false;
        if (crashed) {
            history.restarted(now);
            chronicle.restarted();
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
        chronicle.refused(reason);
    }

    void becameReady(Duration now, Duration after) {
        servesSince = Optional.of(now);
        chronicle.becameReady(after);
    }

    void toldToStop(Duration now) {
        chronicle.toldToStop(now);
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
        chronicle.wentDown(now, server.stopStage());
        chronicle.ended(server.status(), true);
    }

    /** The last server ended by itself or by the operator, and that is the verdict on it. */
    void judged(EndedServer server, ExitVerdict ending, boolean held, boolean byHand) {
        killedByHand = byHand;
        chronicle.ended(server.status(), ending.stopped());
        crashed = !ending.stopped();
        if (held || ending.stopped()) {
            history.reset();
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
            ExitVerdict ending = server.judge(pidFile.get());
            chronicle.ended(server.status(), ending.stopped());
            wentDownCleanly = ending.stopped();
            newChapter();
        } else if (state == NodeState.BACKING_OFF || state == NodeState.CLEARING) {
            wentDownCleanly &= !crashed;
            newChapter();
        }
    }

    /** @return how long to wait before the next start */
    Duration delay(double chance) {
        Duration delay = history.crashed(served, chance);
        return killedByHand && delay.compareTo(OPERATORS_TURN) < 0 ? OPERATORS_TURN : delay;
    }

    boolean isCrashLoop(Duration now) {
        return history.isCrashLoop(now);
    }

    int restarts() {
        return history.restarts();
    }

    NodeHistory soFar() {
        return chronicle.soFar();
    }
}
