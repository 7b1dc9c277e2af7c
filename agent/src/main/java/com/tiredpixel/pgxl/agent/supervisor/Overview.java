package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Finding;
import java.time.Duration;
import java.util.List;

/**
 * All that the supervisor knows, as of its last turn.
 *
 * @param at when, by the monotonic clock; it turns every two seconds or oftener
 * @param nodes every node
 * @param contradictions directories that may be nodes and are not started
 * @param phase what the container is doing
 */
public record Overview(
        Duration at, List<NodeReport> nodes, List<Finding.Contradiction> contradictions, Phase phase) {

    /** What the container is doing. */
    public enum Phase {
        /** The volume has not been looked at, or a node that was found waits for its turn. */
        BEGINNING,
        /** Every node has had its turn. */
        SUPERVISING,
        /** The container stops. */
        STOPPING
    }

    /** Copies the lists. */
    public Overview {
        nodes = List.copyOf(nodes);
        contradictions = List.copyOf(contradictions);
    }
}
