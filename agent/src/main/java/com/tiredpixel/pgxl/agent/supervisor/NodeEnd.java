package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.base.EventLog.Level;
import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Outcome;
import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Transition;
import com.tiredpixel.pgxl.agent.supervisor.directory.DirectoryClaim;
import com.tiredpixel.pgxl.agent.supervisor.directory.NodeName;
import com.tiredpixel.pgxl.agent.supervisor.server.AdoptedExits;
import com.tiredpixel.pgxl.agent.supervisor.server.EndedServer;
import com.tiredpixel.pgxl.agent.supervisor.server.ServerSlot;
import com.tiredpixel.pgxl.agent.supervisor.server.StopStage;
import java.time.Duration;
import java.util.Optional;

/** How a node goes down: its server is told to stop, its end is noticed, and judged after the settle time. */
final class NodeEnd {
    private final SupervisorContext context;
    private final NodeName name;
    private final DirectoryClaim claim;
    private final ServerSlot slot;
    private final NodeMemory memory;
    private final NodeJournal journal;
    private final AdoptedExits ends;

    NodeEnd(
            SupervisorContext context, NodeName name, DirectoryClaim claim, ServerSlot slot, NodeMemory memory,
            NodeJournal journal, AdoptedExits ends) {
        this.context = context;
        this.name = name;
        this.claim = claim;
        this.slot = slot;
        this.memory = memory;
        this.journal = journal;
        this.ends = ends;
    }

    /** Looks whether the server has ended; then its place is empty. */
    Optional<Outcome> notice(NodeState state) {
        return slot.ended().map(ended -> exited(state, ended));
    }

    private Outcome exited(NodeState state, EndedServer ended) {
        Duration now = context.clock().now();
        memory.ended(now, ended);
        if (state == NodeState.STOPPING) {
            memory.endedInAStop(now, ended, ended.wentDownCleanly(name.pidFile()));
        }
        Outcome outcome = NodeMachine.exited(state).because(ended.identity() + " ended: " + ended.status());
        slot.forget();
        return outcome;
    }

    /** Says whether the server that ended was stopped or crashed, and what becomes of its node. */
    Outcome judge(NodeState state, boolean held) {
        EndedServer ended = memory.last().orElseThrow();
        EndedServer.Verdict verdict = ended.judge(name.pidFile());
        if ((held || verdict.stopped()) && ended.diedSuddenly() && claim.endOrphans()) {
            return NodeMachine.leftoversRemained(state).because("leftover processes");
        }
        memory.judged(ended, verdict, held, ended.wasKilledByHand(
                name.pidFile(), ends.othersWereKilled(ended.identity(), context.settleTime())));
        if (DirectoryClaim.isRemoved(name.directory()) || slot.lostDirectory()) {
            return NodeMachine.directoryVanished(state).because(name.gone());
        }
        if (held) {
            return NodeMachine.judgedHeld(state).because("the operator holds it; it "
                    + (verdict.stopped() ? "was stopped: " : "crashed: ") + verdict.reason());
        }
        Transition next = verdict.stopped() ? NodeMachine.judgedStopped(state) : NodeMachine.judgedCrashed(state);
        return next.because((verdict.stopped() ? "stopped by the operator: " : "crashed: ") + verdict.reason());
    }

    /** @return what follows if the directory is gone; a server that lost its own is told to stop */
    Optional<Outcome> lookForDirectory(NodeState state) {
        boolean removed = DirectoryClaim.isRemoved(name.directory());
        if (slot.hasLostDirectory(removed)) {
            slot.tellToStop(StopStage.IMMEDIATE).ifPresent(told -> context.log().error(name.subject(),
                    "its data directory was removed while it served, as pgxc_ctl clean does: " + told));
        }
        return removed ? Optional.of(NodeMachine.directoryVanished(state).because(name.gone())) : Optional.empty();
    }

    /** Tells the server to stop, if it has not been told as firmly already. */
    void tellToStop(NodeState state, StopStage stage) {
        slot.tellToStop(stage).ifPresent(told -> {
            memory.toldToStop(context.clock().now());
            Level level = stage.compareTo(StopStage.FAST) <= 0 ? Level.INFO : Level.WARN;
            context.log().event(level, name.subject(), state + ": " + told);
        });
    }

    /** Sets the alarm for the next start, and tells when that is and what the server printed last. */
    void backOff(NodeState state, String why, Alarm alarm) {
        Duration now = context.clock().now();
        Duration delay = memory.delay(context.chance().getAsDouble());
        alarm.setIn(delay);
        String next = delay.isZero() ? "starts again at once" : "starts again in " + NodeJournal.seconds(delay);
        journal.tell(state, why, "; " + next + slot.lastWords());
        if (memory.isCrashLoop(now)) {
            context.log().error(name.subject(), context.restarts().loop() + "; the agent keeps trying");
        }
    }
}
