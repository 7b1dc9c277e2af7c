package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.log.EventLog.Level;
import com.tiredpixel.pgxl.agent.log.ServerLogs;
import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.ServerLogFiles;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One node: its place in {@link NodeMachine}'s table, and the hands that do what a transition asks for.
 * Used by the supervisor's thread only.
 */
final class ManagedNode {
    private static final Duration SOON = Duration.ofMillis(25);
    private static final Duration LATER = Duration.ofSeconds(1);

    /** Who kills by hand has something in mind, such as a start of his own; he has this long to say so. */
    private static final Duration OPERATORS_TURN = Duration.ofSeconds(5);

    /** The reaper tells the ends of processes that one {@code kill} ended in any order. */
    private static final Duration SAME_MOMENT = Duration.ofMillis(200);

    private final Surroundings surroundings;
    private final Path directory;
    private final Ends ends;
    private final DirectoryClaim claim;
    private final ServerLauncher launcher;
    private final RestartHistory history;
    private final NodeJournal journal;

    private Role role;
    private NodeState state = NodeState.STOPPED;
    private Optional<Duration> wakeAt = Optional.empty();

    private Optional<LiveServer> server = Optional.empty();
    private ServerLogs.Following ownLog = ServerLogs.none().follow("", null);
    private LiveServer lastServer;
    private ExitStatus lastStatus = new ExitStatus.Unknown("it has not ended");
    private boolean crashed;
    private boolean killedByHand;
    private Duration endedAt = Duration.ZERO;
    private boolean wentDownCleanly = true;
    private boolean held;
    private final Chronicle chronicle = new Chronicle();

    ManagedNode(Surroundings surroundings, Path directory, Role role, Ends ends) {
        this.surroundings = surroundings;
        this.directory = directory;
        this.role = role;
        this.ends = ends;
        this.claim = new DirectoryClaim(surroundings, directory);
        this.launcher = new ServerLauncher(surroundings, directory);
        this.history = new RestartHistory(surroundings.restarts());
        this.journal = new NodeJournal(surroundings, this::subject);
    }

    // What happens to it, in the words of NodeMachine.

    void startRequested(String why) {
        apply(NodeMachine.startRequested(state), why);
    }

    void stopRequested(String why) {
        if (state == NodeState.SETTLING) {
            wentDownCleanly = judgement().stopped();
        } else if (state == NodeState.BACKING_OFF || state == NodeState.CLEARING) {
            wentDownCleanly = !crashed;
        }
        apply(NodeMachine.stopRequested(state), why);
    }

    void hold(String why) {
        held = true;
        apply(NodeMachine.holdRequested(state), why);
        if (state != NodeState.HELD) {
            surroundings.log().info(subject(), why + "; its server goes on");
        }
    }

    void release(String why) {
        held = false;
        surroundings.log().info(subject(), why);
        apply(NodeMachine.released(state), why);
    }

    /**
     * A server of this directory, started by somebody else, was seen.
     *
     * @param view the server
     * @param seenRole what it is: the directory may have been made anew as something else
     */
    void seen(ProcessView view, Role seenRole) {
        role = seenRole;
        if (claim.take(subject())) {
            history.reset();
            crashed = false;
            attach(new LiveServer(view.identity(), surroundings.clock().now(), ends.watch(view.identity())));
            apply(NodeMachine.adopted(state), "adopted " + view.identity() + ", which somebody else started");
            return;
        }
        // Two postmasters on one directory destroy it, and the other one was first.
        surroundings.processes().signal(view.identity(), Signal.QUIT);
        surroundings.log().error(subject(), "sent SIGQUIT to " + view.identity()
                + ": a server in another container works on " + directory);
        if (!state.hasServer()) {
            lockRefused();
        }
    }

    void directoryVanished() {
        apply(NodeMachine.directoryVanished(state), directory + " has been removed or emptied");
    }

    /** Looks whether the server has ended. */
    void noticeEnd() {
        server.flatMap(live -> live.end(
                        surroundings.processes().find(live.identity().pid())
                                .filter(view -> view.identity().equals(live.identity()))
                                .isPresent(),
                        surroundings.clock().now(),
                        ends))
                .ifPresent(this::exited);
    }

    private void exited(ExitStatus status) {
        lastServer = server.orElseThrow();
        lastStatus = status;
        endedAt = surroundings.clock().now();
        lastServer.note(PidFile.read(directory, role));
        server = Optional.empty();
        ownLog.end();
        if (state == NodeState.STOPPING) {
            wentDownCleanly = lastServer.stopStage().compareTo(StopStage.FAST) <= 0
                    && (judgement().stopped() || diedBeforeItBegan());
            chronicle.wentDown(surroundings.clock().now(), lastServer.stopStage());
            chronicle.ended(status, true);
        }
        apply(NodeMachine.exited(state), lastServer.identity() + " ended: " + status);
        if (held && state == NodeState.STOPPED) {
            apply(NodeMachine.holdRequested(state), "the operator holds it");
        }
    }

    /** Does what was put off until now. */
    void wake(Duration now) {
        if (wakeAt.filter(time -> now.compareTo(time) >= 0).isPresent()) {
            wakeAt = Optional.empty();
            apply(NodeMachine.pauseElapsed(state), journal.reason());
        }
    }

    /** Tells the server to stop, if it has not been told as firmly already. */
    void tellToStop(StopStage stage) {
        server.flatMap(live -> live.tellToStop(stage, role, surroundings.processes()))
                .ifPresent(told -> {
                    chronicle.toldToStop(surroundings.clock().now());
                    surroundings.log().event(
                            stage.compareTo(StopStage.FAST) <= 0 ? Level.INFO : Level.WARN,
                            subject(),
                            state + ": " + told);
                });
    }

    // What others may ask of it.

    String subject() {
        return role.label() + " " + surroundings.display(directory);
    }

    Path directory() {
        return directory;
    }

    Role role() {
        return role;
    }

    NodeState state() {
        return state;
    }

    Optional<ProcessIdentity> server() {
        return server.map(LiveServer::identity);
    }

    Optional<Duration> wakeAt() {
        return wakeAt;
    }

    boolean isHeld() {
        return held;
    }

    /** Whether the last stop left nothing to recover. */
    boolean wentDownCleanly() {
        return wentDownCleanly;
    }

    /** Whether it is on its way up and not waiting for something that may take long. */
    boolean isComingUp() {
        return state == NodeState.CLEARING || state == NodeState.STARTING;
    }

    NodeReport report() {
        Duration now = surroundings.clock().now();
        return new NodeReport(
                directory,
                role,
                state,
                journal.reason(),
                now.minus(journal.since()),
                server.map(live -> OptionalInt.of(live.identity().pid())).orElse(OptionalInt.empty()),
                history.restarts(),
                history.isCrashLoop(now),
                held,
                chronicle.soFar());
    }

    // How it does what a transition asks for.

    private void apply(Transition transition, String why) {
        NodeState before = state;
        state = transition.next();
        if (state != before) {
            wakeAt = Optional.empty();
        }
        journal.tell(transition, why, before);
        for (Action action : transition.actions()) {
            perform(action, why, before);
        }
    }

    private void perform(Action action, String why, NodeState before) {
        switch (action) {
            case PREPARE -> prepare();
            case LAUNCH -> launch();
            case WATCH_READINESS -> watchReadiness();
            case SETTLE -> wakeIn(surroundings.settleTime());
            case JUDGE -> judge();
            case BACK_OFF -> backOff(why);
            case RETRY_SOON -> wakeIn(SOON);
            case RETRY_LATER -> wakeIn(LATER);
            case RELEASE_LOCK -> claim.release();
            case FORGET -> server = Optional.empty();
            case REPORT_UNEXPECTED -> surroundings.log().error(
                    subject(), "unexpected in state " + before + ", ignored: " + why);
        }
    }

    private void prepare() {
        Preparation preparation = claim.prepare(role, subject());
        if (preparation instanceof Preparation.Ready) {
            apply(NodeMachine.prepared(state), journal.reason());
        } else if (preparation instanceof Preparation.LeftoversRemain remain) {
            apply(NodeMachine.leftoversRemained(state), remain.processes() + " leftover processes");
        } else if (preparation instanceof Preparation.LockRefused) {
            lockRefused();
        } else if (preparation instanceof Preparation.DirectoryGone) {
            directoryVanished();
        } else if (preparation instanceof Preparation.Obstructed obstructed) {
            apply(NodeMachine.obstructed(state), obstructed.reason());
        } else if (preparation instanceof Preparation.ServerIsThere there) {
            foundRunning(there.server());
        }
    }

    private void lockRefused() {
        apply(NodeMachine.lockRefused(state), "a server in another container holds the lock of " + directory);
    }

    private void foundRunning(ProcessView view) {
        if (view.parent() == surroundings.agentPid()) {
            seen(view, role);
        } else {
            apply(NodeMachine.obstructed(state), view.identity() + " serves " + directory
                    + " and is a child of pid " + view.parent() + ", not (yet) of the agent");
        }
    }

    private void launch() {
        ServerLauncher.Outcome outcome = launcher.launch(role, subject());
        Duration now = surroundings.clock().now();
        if (crashed) {
            history.restarted(now);
            chronicle.restarted();
        }
        if (outcome instanceof ServerLauncher.Launched launched) {
            attach(new LiveServer(launched.identity(), now, launched.exit()));
            apply(NodeMachine.launched(state), "started " + launched.identity() + ": " + launched.commandLine());
        } else if (outcome instanceof ServerLauncher.Refused refused) {
            crashed = true;
            killedByHand = false;
            chronicle.refused(refused.reason());
            apply(NodeMachine.launchFailed(state), "cannot start: " + refused.reason());
        }
    }

    private void attach(LiveServer live) {
        ownLog.end();
        ownLog = surroundings.serverLogs().follow(
                subject(), new ServerLogFiles(directory, role, live.identity().pid()));
        server = Optional.of(live);
        wentDownCleanly = true;
    }

    private void watchReadiness() {
        LiveServer live = server.orElseThrow();
        ProcessIdentity who = live.identity();
        PidFile pidFile = PidFile.read(directory, role);
        live.note(pidFile);
        Readiness readiness = Readiness.of(
                role,
                who.pid(),
                pidFile,
                ServerLauncher.configuredPort(directory, role),
                () -> surroundings.processes().listeningPorts(who));
        if (readiness instanceof Readiness.Ready ready) {
            long millis = surroundings.clock().now().minus(live.since()).toMillis();
            chronicle.becameReady(Duration.ofMillis(millis));
            apply(NodeMachine.becameReady(state), who + " serves after " + seconds(millis) + ": " + ready.evidence());
        } else {
            wakeIn(live.nextLook());
        }
    }

    private Ending judgement() {
        return Ending.judge(
                role,
                lastStatus,
                lastServer.identity().pid(),
                lastServer.pidFileNamedIt(),
                PidFile.read(directory, role),
                ends.othersWereKilled(lastServer.identity(), endedAt.minus(SAME_MOMENT)));
    }

    /**
     * Both programs take the signal of a fast stop by a handler. One that dies of it had not come so far as to
     * install that, and so had not begun to serve: what lies on disk is as it was.
     */
    private boolean diedBeforeItBegan() {
        return lastStatus instanceof ExitStatus.Signaled signaled
                && StopStage.FAST.signal(role, StopStage.NONE)
                        .filter(signal -> signal.number() == signaled.signal())
                        .isPresent();
    }

    private void judge() {
        Ending ending = judgement();
        killedByHand = ending.byHand();
        chronicle.ended(lastStatus, ending.stopped());
        if (DirectoryClaim.isRemoved(directory)) {
            directoryVanished();
        } else if (held) {
            history.reset();
            crashed = !ending.stopped();
            apply(NodeMachine.judgedHeld(state), "the operator holds it; it "
                    + (ending.stopped() ? "was stopped: " : "crashed: ") + ending.reason());
        } else if (ending.stopped()) {
            history.reset();
            crashed = false;
            apply(NodeMachine.judgedStopped(state), "stopped by the operator: " + ending.reason());
        } else {
            crashed = true;
            apply(NodeMachine.judgedCrashed(state), "crashed: " + ending.reason());
        }
    }

    private void backOff(String why) {
        Duration now = surroundings.clock().now();
        Duration ranFor = lastServer == null ? Duration.ZERO : now.minus(lastServer.since());
        Duration delay = history.crashed(ranFor, surroundings.chance().getAsDouble());
        delay = killedByHand && delay.compareTo(OPERATORS_TURN) < 0 ? OPERATORS_TURN : delay;
        wakeIn(delay);
        String next = delay.isZero() ? "starts again at once" : "starts again in " + seconds(delay.toMillis());
        journal.tell(state, why, "; " + next + launcher.lastWords(ownLog.tail()));
        if (history.isCrashLoop(now)) {
            surroundings.log().error(subject(), "crash loop: started " + surroundings.restarts().loopStarts()
                    + " times within " + surroundings.restarts().loopWindow().toSeconds() + " s; the agent keeps trying");
        }
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
    }

    private void wakeIn(Duration pause) {
        wakeAt = Optional.of(surroundings.clock().now().plus(pause));
    }
}
