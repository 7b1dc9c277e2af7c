package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
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

    private final Surroundings surroundings;
    private final StopPlan plan;
    private final Duration begun;
    private final Map<ProcessIdentity, StopStage> passingStages = new HashMap<>();
    private final Map<ProcessIdentity, StoppedProcesses> passingStopped = new HashMap<>();

    Shutdown(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.plan = new StopPlan(surroundings.stopTimeout());
        this.begun = surroundings.clock().now();
    }

    /**
     * Tells each server what the plan says.
     *
     * @param nodes all of them
     * @param passing servers in restore mode, stopped like datanodes
     * @return whether nothing is left to wait for
     */
    boolean advance(Collection<ManagedNode> nodes, Collection<ProcessView> passing) {
        Duration elapsed = elapsed();
        List<ManagedNode> alive = nodes.stream().filter(node -> node.server().isPresent()).toList();
        var roles = new ArrayList<>(alive.stream().map(ManagedNode::role).toList());
        passing.forEach(process -> roles.add(Role.DATANODE));
        for (ManagedNode node : alive) {
            node.tellToStop(plan.stageFor(node.role(), roles, elapsed));
        }
        for (ProcessView process : passing) {
            tell(process, plan.stageFor(Role.DATANODE, roles, elapsed));
        }
        return (alive.isEmpty() && passing.isEmpty() && nodes.stream().noneMatch(ManagedNode::isLettingGo))
                || elapsed.compareTo(plan.budget().plus(AFTER_KILL)) >= 0;
    }

    Duration elapsed() {
        return surroundings.clock().now().minus(begun);
    }

    private void tell(ProcessView process, StopStage stage) {
        StopStage before = passingStages.getOrDefault(process.identity(), StopStage.NONE);
        stage.signal(Role.DATANODE, before).ifPresent(signal -> {
            passingStages.put(process.identity(), stage);
            surroundings.log().info("agent", "sends SIG" + signal + " to " + process.identity()
                    + ", a server in restore mode");
            surroundings.processes().signal(process.identity(), signal);
        });
        passingStopped.computeIfAbsent(process.identity(), unseen -> new StoppedProcesses(surroundings))
                .resume(process.identity(), "agent");
    }
}
