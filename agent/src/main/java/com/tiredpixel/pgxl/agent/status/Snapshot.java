package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.indoubt.InDoubt;
import com.tiredpixel.pgxl.agent.supervisor.Overview;
import java.util.List;

/**
 * Everything that can be shown, at one moment.
 *
 * @param agent the agent itself
 * @param overview what the supervisor knows
 * @param nodes with what was learnt of them besides, in the same order
 * @param inDoubt what the last look for transactions in doubt found
 */
record Snapshot(AgentFacts agent, Overview overview, List<NodeView> nodes, InDoubt inDoubt) {

    Snapshot {
        nodes = List.copyOf(nodes);
    }
}
