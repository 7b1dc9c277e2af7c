package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.os.Signal;
import com.tiredpixel.pgxl.agent.os.StartFailedException;
import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Outcome;
import com.tiredpixel.pgxl.agent.supervisor.directory.DirectoryClaim;
import com.tiredpixel.pgxl.agent.supervisor.directory.NodeName;
import com.tiredpixel.pgxl.agent.supervisor.lock.Grant;
import com.tiredpixel.pgxl.agent.supervisor.server.LiveServer;
import com.tiredpixel.pgxl.agent.supervisor.server.Readiness;
import com.tiredpixel.pgxl.agent.supervisor.server.ServerSlot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a node comes up: its directory is made ready, a {@link StartGuard} looks at what the server would start on, the
 * server is started, or adopted if somebody else was quicker, and watched until it serves.
 */
final class NodeStart {
    private final SupervisorContext context;
    private final NodeName name;
    private final DirectoryClaim claim;
    private final ServerSlot slot;
    private final NodeMemory memory;
    private final Supplier<List<Path>> databases;
    private boolean ordered;
    private boolean guardKnows = true;

    /** @param databases asks for the directories of all coordinators and datanodes here */
    NodeStart(
            SupervisorContext context, NodeName name, DirectoryClaim claim, ServerSlot slot, NodeMemory memory,
            Supplier<List<Path>> databases) {
        this.context = context;
        this.name = name;
        this.claim = claim;
        this.slot = slot;
        this.memory = memory;
        this.databases = databases;
    }

    /** @param byOperator whether the operator asks for the next start; an order is good for one */
    void setOrdered(boolean byOperator) {
        ordered = byOperator;
    }

    /** @param why it starts */
    Outcome prepare(NodeState state, String why) {
        Duration before = context.clock().now();
        DirectoryClaim.Preparation preparation = claim.prepare();
        if (preparation instanceof DirectoryClaim.Ready) {
            return askGuard(state, why);
        }
        if (preparation instanceof DirectoryClaim.NotYet notYet) {
            return NodeMachine.leftoversRemained(state).because(notYet.why());
        }
        if (preparation instanceof DirectoryClaim.LockRefused refused) {
            return NodeMachine.lockRefused(state).because(refused.reason());
        }
        if (preparation instanceof DirectoryClaim.Obstructed obstructed) {
            return NodeMachine.obstructed(state).because(obstructed.reason());
        }
        if (preparation instanceof DirectoryClaim.ServerIsThere there) {
            return foundRunning(state, there.server(), before);
        }
        return NodeMachine.directoryVanished(state).because(name.gone());
    }

    private Outcome askGuard(NodeState state, String why) {
        StartGuard.Verdict verdict = context.startGuard().before(start());
        if (verdict instanceof StartGuard.Verdict.Blocked blocked) {
            return NodeMachine.obstructed(state).because(blocked.reason());
        }
        if (verdict instanceof StartGuard.Verdict.NotYetKnown unknown) {
            return NodeMachine.leftoversRemained(state).because("it is not known yet " + unknown.what());
        }
        return NodeMachine.prepared(state).because(why);
    }

    private StartGuard.Start start() {
        return new StartGuard.Start(name.directory(), name.role(), name.subject(), ordered, databases.get());
    }

    private Outcome foundRunning(NodeState state, ProcessView view, Duration seenAt) {
        return context.isAdoptable(view)
                ? adopt(state, view, seenAt).orElseThrow()
                : NodeMachine.obstructed(state).because(view.identity() + " serves " + name.directory()
                        + " and is a child of pid " + view.parent() + ", not (yet) of the agent");
    }

    /** Repairs what the node would start on, if it is down and its directory can be had for that. */
    NodeCommand.Result repair(NodeState state, StartGuard.Repair repair) {
        if (state.hasServer() || state == NodeState.SETTLING) {
            return new NodeCommand.Result.Refused("is up: only a node that is down can be repaired");
        }
        NodeCommand.Result result = repair(claim.prepare(), repair);
        if (state != NodeState.BLOCKED) {
            // A BLOCKED node keeps its directory: it starts as soon as it may.
            claim.release();
        }
        return result;
    }

    private NodeCommand.Result repair(DirectoryClaim.Preparation preparation, StartGuard.Repair repair) {
        if (!(preparation instanceof DirectoryClaim.Ready)) {
            return new NodeCommand.Result.Refused("cannot be repaired now: "
                    + (preparation instanceof DirectoryClaim.Obstructed other ? other.reason()
                    : preparation instanceof DirectoryClaim.LockRefused refused ? refused.reason()
                    : "a server works there, or what is left of one"));
        }
        NodeCommand.Result result = context.startGuard().repair(start(), repair);
        context.log().warn(name.subject(), result.said());
        return result;
    }

    /** Starts the server. */
    Outcome launch(NodeState state) {
        Duration now = context.clock().now();
        try {
            String commandLine = slot.launch();
            ordered = false;
            memory.launching(now);
            memory.launched();
            return NodeMachine.launched(state).because("started " + slot.identity().orElseThrow() + ": " + commandLine);
        } catch (StartFailedException e) {
            ordered = false;
            memory.launching(now);
            memory.launchRefused(e.getMessage());
            return NodeMachine.launchFailed(state).because("cannot start: " + e.getMessage());
        }
    }

    /**
     * Puts a server into its place that somebody else started; or ends it, if another container has the directory.
     *
     * @param seenAt a moment before it was seen alive
     * @return empty if it was ended, and the node has another one
     */
    Optional<Outcome> adopt(NodeState state, ProcessView view, Duration seenAt) {
        Grant grant = claim.takeForRunning();
        if (grant instanceof Grant.Elsewhere elsewhere) {
            return endIntruder(state, view, elsewhere.reason());
        }
        if (grant instanceof Grant.Unknown unknown) {
            if (unknown.anotherOwner()) {
                return endIntruder(state, view, unknown.reason());
            }
            context.log().error(name.subject(), "adopts " + view.identity()
                    + " without a lock, and will not start it again without one: " + unknown.reason());
        }
        Optional<LiveServer> adopted = slot.watch(view, seenAt);
        Optional<Outcome> outcome = Optional.of(NodeMachine.adopted(state).because(
                "adopted " + view.identity() + ", which somebody else started"));
        claim.endLettingGo();
        ordered = false;
        memory.adopted();
        slot.put(adopted);
        guardKnows = false;
        return outcome;
    }

    /** Tells the guard of a server that was adopted, if that has not been done. */
    void makeUp() {
        if (!guardKnows) {
            context.startGuard().adopted(start());
            guardKnows = true;
        }
    }

    /** Two postmasters on one directory destroy it, and the other one was first. */
    private Optional<Outcome> endIntruder(NodeState state, ProcessView view, String reason) {
        context.processes().signal(view.identity(), Signal.QUIT);
        context.log().error(name.subject(), "sent SIGQUIT to " + view.identity() + ": " + reason);
        return state.hasServer()
                ? Optional.empty()
                : Optional.of(NodeMachine.lockRefused(state).because(reason));
    }

    /** @return that the server serves, if it does */
    Optional<Outcome> lookForReadiness(NodeState state) {
        if (slot.readiness() instanceof Readiness.Ready ready) {
            Duration age = slot.age();
            memory.becameReady(context.clock().now(), age);
            return Optional.of(NodeMachine.becameReady(state).because(slot.identity().orElseThrow() + " serves after "
                    + NodeJournal.seconds(age) + ": " + ready.evidence()));
        }
        return Optional.empty();
    }
}
