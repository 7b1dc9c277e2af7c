package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action;
import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Outcome;
import com.tiredpixel.pgxl.agent.supervisor.directory.DirectoryClaim;
import com.tiredpixel.pgxl.agent.supervisor.directory.NodeName;
import com.tiredpixel.pgxl.agent.supervisor.server.AdoptedExits;
import com.tiredpixel.pgxl.agent.supervisor.server.ServerSlot;
import com.tiredpixel.pgxl.agent.supervisor.server.StopStage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One node: its place in {@link NodeMachine}'s table. What a transition asks for is done by {@link NodeStart} and
 * {@link NodeEnd}. Used by one thread at a time, which may hang in the node's directory: see {@link WatchedNode}.
 *
 * <p>Any step may fail half way, as when there is no memory. So what happened is first worked out and then noted down,
 * which needs no memory; and what a transition asks for and did not get is made up for in a later turn:
 * {@link #makeUp}.
 */
final class ManagedNode {
    private static final Duration SOON = Duration.ofMillis(25);
    private static final Duration LATER = Duration.ofSeconds(1);

    private final SupervisorContext context;
    private final NodeName name;
    private final DirectoryClaim claim;
    private final ServerSlot slot;
    private final NodeMemory memory;
    private final NodeJournal journal;
    private final Alarm alarm;
    private final NodeStart start;
    private final NodeEnd end;

    private NodeState state = NodeState.STOPPED;
    private boolean held;

    /** @param databases asks for the directories of all coordinators and datanodes here */
    ManagedNode(
            SupervisorContext context, Path directory, Role role, AdoptedExits ends, Supplier<List<Path>> databases) {
        this.context = context;
        this.name = new NodeName(context.directories(), directory, role);
        this.claim = new DirectoryClaim(context.directories(), name);
        this.slot = new ServerSlot(context.servers(), name, ends);
        this.memory = new NodeMemory(context.restarts());
        this.journal = new NodeJournal(context, name);
        this.alarm = new Alarm(context.clock());
        this.start = new NodeStart(context, name, claim, slot, memory, databases);
        this.end = new NodeEnd(context, name, claim, slot, memory, journal, ends);
    }

    // What happens to it, in the words of NodeMachine.

    void startRequested(String why) {
        apply(NodeMachine.startRequested(state).because(why));
    }

    /** The operator asks for it: he knows what he does. */
    void startOrdered(String why) {
        start.setOrdered(true);
        startRequested(why);
    }

    void stopRequested(String why) {
        start.setOrdered(false);
        undoLostStart();
        memory.stopRequested(state, name::pidFile);
        apply(NodeMachine.stopRequested(state).because(why));
    }

    void hold(String why) {
        held = true;
        apply(NodeMachine.holdRequested(state).because(why));
        if (state != NodeState.HELD) {
            context.log().info(subject(), why + "; its server goes on");
        }
    }

    /** The operator holds it since before this container, none of whose servers has been there yet. */
    void foundHeld(String why) {
        claim.tidy();
        hold(why);
    }

    void release(String why) {
        held = false;
        start.setOrdered(true);
        context.log().info(subject(), why);
        apply(NodeMachine.released(state).because(why));
    }

    /**
     * A server of this directory, started by somebody else, was seen.
     *
     * @param view the server
     * @param seenRole what it is: the directory may have been made anew as something else
     * @param seenAt a moment before it was seen alive
     */
    void seen(ProcessView view, Role seenRole, Duration seenAt) {
        name.isNow(seenRole);
        start.adopt(state, view, seenAt).ifPresent(this::apply);
    }

    /** Notices if the directory is gone, or if that of the server is. */
    void lookForDirectory() {
        end.lookForDirectory(state).ifPresent(this::apply);
    }

    /** Whether there is an end to notice; asks no disk. */
    boolean mayHaveEnded() {
        return slot.mayHaveEnded();
    }

    /** Looks whether the server has ended. */
    void noticeEnd() {
        end.notice(state).ifPresent(outcome -> {
            apply(outcome);
            keepDown();
        });
    }

    /** Repairs what it would start on, if no server is there or could come; whoever waits for that starts then. */
    NodeCommand.Result repair(StartGuard.Repair repair) {
        NodeCommand.Result result = start.repair(state, repair);
        if (result instanceof NodeCommand.Result.Done && state == NodeState.BLOCKED) {
            startRequested("it is repaired");
        }
        return result;
    }

    /** Whether there is something that was put off until now; asks no disk. */
    boolean hasToDo(Duration now) {
        return successor().isPresent()
                || alarm.time().filter(time -> now.compareTo(time) >= 0).isPresent()
                || hasToMakeUp();
    }

    private boolean hasToMakeUp() {
        boolean lacksServer = state == NodeState.STARTING && slot.identity().isEmpty();
        boolean lacksAlarm = longestPause().isPresent() && alarm.time().isEmpty();
        return lacksServer || lacksAlarm || hasToLetGo() || hasToKeepDown() || slot.hasToMakeUp();
    }

    /** Does what was put off until now. */
    void wake(Duration now) {
        successor().ifPresent(this::giveWayTo);
        makeUp();
        if (alarm.rings(now)) {
            apply(NodeMachine.pauseElapsed(state).because(journal.reason()));
        }
    }

    /** Does what an earlier turn should have done, and did not: because it could not be yet, or something failed. */
    private void makeUp() {
        undoLostStart();
        longestPause().ifPresent(alarm::setUnlessSet);
        if (hasToLetGo()) {
            claim.release();
        }
        keepDown();
        slot.makeUp();
    }

    /** How long a node may stay in this state before it does something; nothing if it waits for others. */
    private Optional<Duration> longestPause() {
        return switch (state) {
            case CLEARING, STARTING -> Optional.of(SOON);
            case SETTLING -> Optional.of(context.settleTime());
            case LOCKED_OUT, BLOCKED, BACKING_OFF -> Optional.of(LATER);
            case STOPPED, HELD, RUNNING, STOPPING, GONE -> Optional.empty();
        };
    }

    private boolean hasToLetGo() {
        boolean isDown = state == NodeState.STOPPED || state == NodeState.HELD || state == NodeState.GONE;
        return claim.isLettingGo() || isDown && claim.isTaken();
    }

    private boolean hasToKeepDown() {
        boolean isDown = !state.hasServer() && state != NodeState.SETTLING && state != NodeState.GONE;
        return held && isDown && state != NodeState.HELD;
    }

    private void keepDown() {
        if (hasToKeepDown()) {
            apply(NodeMachine.holdRequested(state).because("the operator holds it"));
        }
    }

    /** A start that failed here before there was a process has not begun. */
    private void undoLostStart() {
        if (state == NodeState.STARTING && slot.identity().isEmpty()) {
            state = NodeState.CLEARING;
            alarm.off();
        }
    }

    /** The host that has the directory of a server here: this agent was frozen, or cut off, and an operator gave it away. */
    private Optional<String> successor() {
        return claim.successor().filter(host -> slot.identity().isPresent());
    }

    private void giveWayTo(String host) {
        if (state != NodeState.STOPPING) {
            context.log().error(subject(), "the agent of host " + host + " has " + directory()
                    + " now: this one was taken for dead, and ends its server at once");
        }
        stopRequested("another agent has the directory");
        tellToStop(StopStage.IMMEDIATE);
    }

    /** Tells the server to stop, if it has not been told as firmly already. */
    void tellToStop(StopStage stage) {
        end.tellToStop(state, stage);
    }

    String subject() {
        return name.subject();
    }

    Path directory() {
        return name.directory();
    }

    Role role() {
        return name.role();
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
                directory(), role(), state, journal.reason(), now.minus(journal.since()),
                server().stream().mapToInt(ProcessIdentity::pid).findFirst(),
                memory.restarts(), memory.isCrashLoop(now), held, memory.soFar());
    }

    private void apply(Outcome outcome) {
        NodeState before = state;
        state = outcome.transition().next();
        if (state != before) {
            alarm.off();
        }
        journal.tell(outcome, before);
        List<Action> actions = outcome.transition().actions();
        for (int i = 0; i < actions.size(); i++) {
            perform(actions.get(i), outcome.why(), before);
        }
        slot.makeUp();
        start.makeUp();
    }

    private void perform(Action action, String why, NodeState before) {
        switch (action) {
            case PREPARE -> apply(start.prepare(state, journal.reason()));
            case LAUNCH -> apply(start.launch(state));
            case WATCH_READINESS -> start.lookForReadiness(state)
                    .ifPresentOrElse(this::apply, () -> alarm.setIn(slot.nextLook()));
            case SETTLE -> alarm.setIn(context.settleTime());
            case JUDGE -> apply(end.judge(state, held));
            case BACK_OFF -> end.backOff(state, why, alarm);
            case RETRY_SOON -> alarm.setIn(SOON);
            case RETRY_LATER -> alarm.setIn(LATER);
            case RELEASE_LOCK -> claim.release();
            case FORGET -> slot.forgetDirectory();
            case REPORT_UNEXPECTED -> context.log().error(
                    subject(), "unexpected in state " + before + ", ignored: " + why);
        }
    }
}
