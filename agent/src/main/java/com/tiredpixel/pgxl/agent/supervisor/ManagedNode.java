package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.base.EventLog.Level;
import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.os.Signal;
import com.tiredpixel.pgxl.agent.os.StartFailedException;
import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action;
import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Transition;
import com.tiredpixel.pgxl.agent.supervisor.lock.Grant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * One node: its place in {@link NodeMachine}'s table, and the hands that do what a transition asks for.
 * Used by one thread at a time, which may hang in the node's directory: see {@link WatchedNode}.
 *
 * <p>Any step may fail half way, as when there is no memory. So what happened is first worked out and then noted down,
 * which needs no memory; and what a transition asks for and did not get is made up for in a later turn:
 * {@link #makeUp}.
 */
final class ManagedNode {
    private static final Duration SOON = Duration.ofMillis(25);
    private static final Duration LATER = Duration.ofSeconds(1);

    private final SupervisorContext context;
    private final Path directory;
    private final DirectoryClaim claim;
    private final Supplier<List<Path>> databases;
    private final AdoptedExits ends;
    private final ServerSlot slot;
    private final NodeMemory memory;
    private final NodeJournal journal;
    private final Alarm alarm;

    private Role role;
    private NodeState state = NodeState.STOPPED;
    private boolean held;
    private boolean ordered;

    /** @param databases asks for the directories of all coordinators and datanodes here */
    ManagedNode(
            SupervisorContext context, Path directory, Role role, AdoptedExits ends, Supplier<List<Path>> databases) {
        this.context = context;
        this.directory = directory;
        this.role = role;
        this.claim = new DirectoryClaim(context, directory);
        this.databases = databases;
        this.ends = ends;
        this.slot = new ServerSlot(context, directory, ends);
        this.memory = new NodeMemory(context.restarts());
        this.journal = new NodeJournal(context, this::subject);
        this.alarm = new Alarm(context.clock());
    }

    // What happens to it, in the words of NodeMachine.

    void startRequested(String why) {
        apply(NodeMachine.startRequested(state), why);
    }

    /** The operator asks for it: he knows what he does. */
    void startOrdered(String why) {
        ordered = true;
        startRequested(why);
    }

    void stopRequested(String why) {
        ordered = false;
        undoLostStart();
        memory.stopRequested(state, this::pidFile);
        apply(NodeMachine.stopRequested(state), why);
    }

    void hold(String why) {
        held = true;
        apply(NodeMachine.holdRequested(state), why);
        if (state != NodeState.HELD) {
            context.log().info(subject(), why + "; its server goes on");
        }
    }

    /** The operator holds it since before this container, none of whose servers has been there yet. */
    void foundHeld(String why) {
        claim.tidy(role, subject());
        hold(why);
    }

    void release(String why) {
        held = false;
        ordered = true;
        context.log().info(subject(), why);
        apply(NodeMachine.released(state), why);
    }

    /**
     * A server of this directory, started by somebody else, was seen.
     *
     * @param view the server
     * @param seenRole what it is: the directory may have been made anew as something else
     * @param seenAt a moment before it was seen alive
     */
    void seen(ProcessView view, Role seenRole, Duration seenAt) {
        role = seenRole;
        Grant grant = claim.takeForRunning(subject());
        if (grant instanceof Grant.Elsewhere elsewhere) {
            endIntruder(view, elsewhere.reason());
        } else if (grant instanceof Grant.Unknown unknown && unknown.anotherOwner()) {
            endIntruder(view, unknown.reason());
        } else {
            if (grant instanceof Grant.Unknown unknown) {
                context.log().error(subject(), "adopts " + view.identity()
                        + " without a lock, and will not start it again without one: " + unknown.reason());
            }
            Optional<LiveServer> adopted = slot.watch(view, seenAt);
            Transition transition = NodeMachine.adopted(state);
            String why = "adopted " + view.identity() + ", which somebody else started";
            claim.endLettingGo();
            ordered = false;
            memory.adopted();
            slot.put(adopted);
            apply(transition, why);
            slot.followLog(role, subject());
            slot.keepEnvironment(subject());
            slot.compareProgram(role, subject());
        }
    }

    /** Two postmasters on one directory destroy it, and the other one was first. */
    private void endIntruder(ProcessView view, String reason) {
        context.processes().signal(view.identity(), Signal.QUIT);
        context.log().error(subject(), "sent SIGQUIT to " + view.identity() + ": " + reason);
        if (!state.hasServer()) {
            apply(NodeMachine.lockRefused(state), reason);
        }
    }

    /** Notices if the directory is gone, or if that of the server is. */
    void lookForDirectory() {
        boolean removed = DirectoryClaim.isRemoved(directory);
        if (slot.hasLostDirectory(removed)) {
            slot.tellToStop(StopStage.IMMEDIATE, role, subject()).ifPresent(told -> context.log().error(
                    subject(), "its data directory was removed while it served, as pgxc_ctl clean does: " + told));
        }
        if (removed) {
            directoryVanished();
        }
    }

    void directoryVanished() {
        apply(NodeMachine.directoryVanished(state), directory + " has been removed or emptied");
    }

    /** Whether there is an end to notice; asks no disk. */
    boolean mayHaveEnded() {
        return slot.mayHaveEnded();
    }

    /** Looks whether the server has ended. */
    void noticeEnd() {
        slot.ended(role).ifPresent(this::exited);
    }

    private void exited(EndedServer ended) {
        memory.ended(context.clock().now(), ended);
        if (state == NodeState.STOPPING) {
            memory.endedInAStop(context.clock().now(), ended, ended.wentDownCleanly(pidFile()));
        }
        Transition transition = NodeMachine.exited(state);
        String why = ended.identity() + " ended: " + ended.status();
        slot.forget();
        apply(transition, why);
        keepDown();
    }

    /** Whether there is something that was put off until now; asks no disk. */
    boolean hasToDo(Duration now) {
        return claim.successor().filter(host -> slot.identity().isPresent()).isPresent()
                || alarm.time().filter(time -> now.compareTo(time) >= 0).isPresent()
                || hasToMakeUp();
    }

    private boolean hasToMakeUp() {
        boolean lacksStep = switch (state) {
            case STOPPED, HELD, GONE -> claim.isTaken();
            case STARTING -> slot.identity().isEmpty() || alarm.time().isEmpty();
            case CLEARING, SETTLING, LOCKED_OUT, BLOCKED, BACKING_OFF -> alarm.time().isEmpty();
            case RUNNING, STOPPING -> false;
        };
        return lacksStep || claim.isLettingGo() || hasToKeepDown() || slot.lacksLog() || slot.lacksEnvironment();
    }

    /** Does what was put off until now. */
    void wake(Duration now) {
        claim.successor().filter(host -> slot.identity().isPresent()).ifPresent(this::giveWayTo);
        makeUp();
        if (alarm.rings(now)) {
            apply(NodeMachine.pauseElapsed(state), journal.reason());
        }
    }

    /** Does what an earlier turn should have done, and did not: because it could not be yet, or something failed. */
    private void makeUp() {
        undoLostStart();
        boolean mustLetGo = claim.isLettingGo();
        switch (state) {
            case STOPPED, HELD, GONE -> mustLetGo |= claim.isTaken();
            case CLEARING, STARTING -> alarm.setUnlessSet(SOON);
            case SETTLING -> alarm.setUnlessSet(context.settleTime());
            case LOCKED_OUT, BLOCKED, BACKING_OFF -> alarm.setUnlessSet(LATER);
            case RUNNING, STOPPING -> {
                // These wait for the server.
            }
        }
        if (mustLetGo) {
            claim.release(subject());
        }
        keepDown();
        if (slot.lacksLog()) {
            slot.followLog(role, subject());
        }
        if (slot.lacksEnvironment()) {
            slot.keepEnvironment(subject());
        }
    }

    private boolean hasToKeepDown() {
        boolean isDown = !state.hasServer() && state != NodeState.SETTLING && state != NodeState.GONE;
        return held && isDown && state != NodeState.HELD;
    }

    private void keepDown() {
        if (hasToKeepDown()) {
            apply(NodeMachine.holdRequested(state), "the operator holds it");
        }
    }

    /** A start that failed here before there was a process has not begun. */
    private void undoLostStart() {
        if (state == NodeState.STARTING && slot.identity().isEmpty()) {
            state = NodeState.CLEARING;
            alarm.off();
        }
    }

    /** This agent was frozen, or cut off from the volume, and an operator has given its directory to another. */
    private void giveWayTo(String host) {
        if (state != NodeState.STOPPING) {
            context.log().error(subject(), "the agent of host " + host + " has " + directory
                    + " now: this one was taken for dead, and ends its server at once");
        }
        stopRequested("another agent has the directory");
        tellToStop(StopStage.IMMEDIATE);
    }

    /** Tells the server to stop, if it has not been told as firmly already. */
    void tellToStop(StopStage stage) {
        slot.tellToStop(stage, role, subject()).ifPresent(told -> {
            memory.toldToStop(context.clock().now());
            Level level = stage.compareTo(StopStage.FAST) <= 0 ? Level.INFO : Level.WARN;
            context.log().event(level, subject(), state + ": " + told);
        });
    }

    // What others may ask of it.
    String subject() {
        return role.label() + " " + context.display(directory);
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
        return slot.identity();
    }

    Optional<Duration> wakeAt() {
        return alarm.time();
    }

    boolean isHeld() {
        return held;
    }

    /** Whether its directory is to be let go as soon as the last process of its server is gone. */
    boolean isLettingGo() {
        return claim.isLettingGo();
    }

    /** Whether the last stop left nothing to recover. */
    boolean wentDownCleanly() {
        return memory.wentDownCleanly();
    }

    NodeReport report() {
        Duration now = context.clock().now();
        return new NodeReport(
                directory, role, state, journal.reason(), now.minus(journal.since()),
                server().map(live -> OptionalInt.of(live.pid())).orElse(OptionalInt.empty()),
                memory.restarts(), memory.isCrashLoop(now), held, memory.soFar());
    }

    // How it does what a transition asks for.
    private void apply(Transition transition, String why) {
        NodeState before = state;
        state = transition.next();
        if (state != before) {
            alarm.off();
        }
        journal.tell(transition, why, before);
        List<Action> actions = transition.actions();
        for (int i = 0; i < actions.size(); i++) {
            perform(actions.get(i), why, before);
        }
    }

    private void perform(Action action, String why, NodeState before) {
        switch (action) {
            case PREPARE -> prepare();
            case LAUNCH -> launch();
            case WATCH_READINESS -> watchReadiness();
            case SETTLE -> alarm.setIn(context.settleTime());
            case JUDGE -> judge();
            case BACK_OFF -> backOff(why);
            case RETRY_SOON -> alarm.setIn(SOON);
            case RETRY_LATER -> alarm.setIn(LATER);
            case RELEASE_LOCK -> claim.release(subject());
            case FORGET -> forget();
            case REPORT_UNEXPECTED -> context.log().error(
                    subject(), "unexpected in state " + before + ", ignored: " + why);
        }
    }

    private void forget() {
        slot.forget();
        slot.forgetEnvironment(subject());
    }

    /** A BLOCKED node keeps its directory: it starts as soon as it may. */
    private void letGoUnlessBlocked() {
        if (state != NodeState.BLOCKED) {
            claim.release(subject());
        }
    }

    private void prepare() {
        Duration before = context.clock().now();
        Preparation preparation = claim.prepare(role, subject());
        if (preparation instanceof Preparation.Ready) {
            guardedStart();
        } else if (preparation instanceof Preparation.LeftoversRemain remain) {
            apply(NodeMachine.leftoversRemained(state), remain.processes() + " leftover processes");
        } else if (preparation instanceof Preparation.LockRefused refused) {
            apply(NodeMachine.lockRefused(state), refused.reason());
        } else if (preparation instanceof Preparation.LockSettles) {
            apply(NodeMachine.leftoversRemained(state), "the directory is about to be ours");
        } else if (preparation instanceof Preparation.DirectoryGone) {
            directoryVanished();
        } else if (preparation instanceof Preparation.Obstructed obstructed) {
            apply(NodeMachine.obstructed(state), obstructed.reason());
        } else if (preparation instanceof Preparation.ServerIsThere there) {
            foundRunning(there.server(), before);
        }
    }

    private void guardedStart() {
        StartGuard.Verdict verdict = context.startGuard().before(start());
        if (verdict instanceof StartGuard.Verdict.Blocked blocked) {
            apply(NodeMachine.obstructed(state), blocked.reason());
        } else if (verdict instanceof StartGuard.Verdict.NotYetKnown unknown) {
            apply(NodeMachine.leftoversRemained(state), "it is not known yet " + unknown.what());
        } else {
            apply(NodeMachine.prepared(state), journal.reason());
        }
    }

    private StartGuard.Start start() {
        return new StartGuard.Start(directory, role, subject(), ordered, databases.get());
    }

    /** Repairs what it would start on, if no server is there or could come; whoever waits for that starts then. */
    NodeCommand.Result repair(StartGuard.Repair repair) {
        if (state.hasServer() || state == NodeState.SETTLING) {
            return new NodeCommand.Result.Refused("is up: only a node that is down can be repaired");
        }
        Preparation preparation = claim.prepare(role, subject());
        if (!(preparation instanceof Preparation.Ready)) {
            letGoUnlessBlocked();
            return new NodeCommand.Result.Refused("cannot be repaired now: " + (preparation instanceof Preparation.Obstructed other
                    ? other.reason()
                    : preparation instanceof Preparation.LockRefused refused
                            ? refused.reason()
                            : "a server works there, or what is left of one"));
        }
        NodeCommand.Result result = context.startGuard().repair(start(), repair);
        context.log().warn(subject(), result.said());
        letGoUnlessBlocked();
        if (result instanceof NodeCommand.Result.Done && state == NodeState.BLOCKED) {
            startRequested("it is repaired");
        }
        return result;
    }

    private void foundRunning(ProcessView view, Duration seenAt) {
        if (context.isAdoptable(view)) {
            seen(view, role, seenAt);
        } else {
            apply(NodeMachine.obstructed(state), view.identity() + " serves " + directory
                    + " and is a child of pid " + view.parent() + ", not (yet) of the agent");
        }
    }

    private void launch() {
        Duration now = context.clock().now();
        try {
            String commandLine = slot.launch(role, subject());
            ordered = false;
            memory.launching(now);
            memory.launched();
            apply(NodeMachine.launched(state), "started " + slot.identity().orElseThrow() + ": " + commandLine);
        } catch (StartFailedException e) {
            ordered = false;
            memory.launching(now);
            memory.launchRefused(e.getMessage());
            apply(NodeMachine.launchFailed(state), "cannot start: " + e.getMessage());
        }
    }

    private void watchReadiness() {
        if (slot.readiness(role) instanceof Readiness.Ready ready) {
            Duration age = slot.age();
            memory.becameReady(context.clock().now(), age);
            apply(NodeMachine.becameReady(state), slot.identity().orElseThrow() + " serves after "
                    + NodeJournal.seconds(age) + ": " + ready.evidence());
        } else {
            alarm.setIn(slot.nextLook());
        }
    }

    private void judge() {
        EndedServer ended = memory.last().orElseThrow();
        EndedServer.Verdict verdict = ended.judge(pidFile());
        if ((held || verdict.stopped()) && ended.diedSuddenly() && claim.endOrphans(subject())) {
            apply(NodeMachine.leftoversRemained(state), "leftover processes");
            return;
        }
        memory.judged(ended, verdict, held, ended.wasKilledByHand(
                pidFile(), ends.othersWereKilled(ended.identity(), context.settleTime())));
        if (DirectoryClaim.isRemoved(directory) || slot.lostDirectory()) {
            directoryVanished();
        } else if (held) {
            apply(NodeMachine.judgedHeld(state), "the operator holds it; it "
                    + (verdict.stopped() ? "was stopped: " : "crashed: ") + verdict.reason());
        } else if (verdict.stopped()) {
            apply(NodeMachine.judgedStopped(state), "stopped by the operator: " + verdict.reason());
        } else {
            apply(NodeMachine.judgedCrashed(state), "crashed: " + verdict.reason());
        }
    }

    private PidFile pidFile() {
        return PidFile.read(directory, role.program());
    }

    private void backOff(String why) {
        Duration now = context.clock().now();
        Duration delay = memory.delay(context.chance().getAsDouble());
        alarm.setIn(delay);
        String next = delay.isZero() ? "starts again at once" : "starts again in " + NodeJournal.seconds(delay);
        journal.tell(state, why, "; " + next + slot.lastWords());
        if (memory.isCrashLoop(now)) {
            context.log().error(subject(), context.restarts().loop() + "; the agent keeps trying");
        }
    }
}
