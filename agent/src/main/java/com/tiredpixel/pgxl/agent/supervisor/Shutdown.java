package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.supervisor.directory.Leftovers;
import com.tiredpixel.pgxl.agent.supervisor.server.StopStage;
import com.tiredpixel.pgxl.agent.supervisor.server.SuspendedProcesses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A container stop under way: follows {@link StopPlan} until no server is left or the time is over. */
final class Shutdown {
    /** After SIGKILL there is nothing to wait for but the reaper. */
    private static final Duration AFTER_KILL = Duration.ofSeconds(1);

    private final SupervisorContext context;
    private final Lanes lanes;
    private final StopPlan plan;
    private final Duration begun;
    private final Map<ProcessIdentity, StopStage> passingStages = new HashMap<>();
    private final Map<ProcessIdentity, SuspendedProcesses> passingStopped = new HashMap<>();
    private List<ProcessView> strays = List.of();

    Shutdown(SupervisorContext context, Lanes lanes) {
        this.context = context;
        this.lanes = lanes;
        this.plan = new StopPlan(context.stopTimeout());
        this.begun = context.clock().now();
    }

    /**
     * Tells each server what the plan says.
     *
     * @param nodes all of them
     * @param passing servers in restore mode, stopped like datanodes
     * @return whether nothing is left to wait for
     */
    boolean advance(Collection<WatchedNode> nodes, Collection<ProcessView> passing) {
        Duration elapsed = elapsed();
        List<WatchedNode> alive = nodes.stream().filter(node -> node.server().isPresent()).toList();
        var roles = new ArrayList<>(alive.stream().map(WatchedNode::role).toList());
        passing.forEach(process -> roles.add(Role.DATANODE));
        try {
            Each.of(alive, node -> node.tellToStop(plan.stageFor(node.role(), roles, elapsed)));
        } finally {
            Each.of(passing, process -> tell(process, plan.stageFor(Role.DATANODE, roles, elapsed)));
        }
        boolean timeIsOver = elapsed.compareTo(plan.budget().plus(AFTER_KILL)) >= 0;
        if (!alive.isEmpty() || !passing.isEmpty()) {
            return timeIsOver;
        }
        strays = strays();
        Each.of(strays, process -> tell(process, plan.stageFor(Role.DATANODE, List.of(Role.DATANODE), elapsed)));
        return strays.isEmpty() && nodes.stream().noneMatch(WatchedNode::isLettingGo) || timeIsOver;
    }

    /** @return whether no server that nobody supervised has to be killed with the container */
    boolean endedAllStrays() {
        return strays.isEmpty();
    }

    /**
     * Servers of this user that are no children of the agent, such as one that {@code docker exec} runs in the foreground:
     * its parent is outside of the container, number 0. They end with the container too, and in order if they are told.
     * Looked for when all others are down.
     */
    private List<ProcessView> strays() {
        int user = context.processes().find(context.agentPid()).map(ProcessView::uid).orElse(-1);
        return context.processes().processes().stream()
                .filter(process -> Program.named(process.program()).isPresent() && !Leftovers.isOne(process))
                .filter(process -> process.uid() == user
                        && (process.parent() == 0 || context.isAdoptable(process)))
                .filter(process -> process.directory()
                        .filter(path -> path.startsWith(context.home()))
                        .filter(path -> lanes.of(path).ask(lanes.patience(), () ->
                                context.processes().worksIn(process.identity(), path)).orElse(true))
                        .isPresent())
                .toList();
    }

    Duration elapsed() {
        return context.clock().now().minus(begun);
    }

    private void tell(ProcessView process, StopStage stage) {
        StopStage before = passingStages.getOrDefault(process.identity(), StopStage.NONE);
        Program.named(process.program()).flatMap(program -> stage.signal(program, before)).ifPresent(signal -> {
            context.processes().signal(process.identity(), signal);
            passingStages.put(process.identity(), stage);
            context.log().info("agent", "sent SIG" + signal + " to " + process.identity() + ", a "
                    + process.program() + " in " + process.directory().map(context::display).orElse("?")
                    + " that is not supervised");
        });
        passingStopped.computeIfAbsent(process.identity(), unseen -> new SuspendedProcesses(context.servers()))
                .resume(process.identity(), "agent");
    }
}
