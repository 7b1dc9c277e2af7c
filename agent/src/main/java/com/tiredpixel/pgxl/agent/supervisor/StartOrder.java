package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Role;
import java.time.Duration;
import java.util.Collection;

/**
 * Which kinds of node may start at container start: GTM, then proxies, datanodes, coordinators, each when
 * the kind before it serves. A kind that cannot come up holds the others up for a bounded time only.
 */
final class StartOrder {
    /** How long a kind waits for the kinds before it. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private StartOrder() {
    }

    /**
     * @param role of the node in question
     * @param comingUp roles of the nodes that are on their way: asked to start, neither serving yet nor
     *     stuck in a wait
     * @param elapsed since the container started
     */
    static boolean mayStart(Role role, Collection<Role> comingUp, Duration elapsed) {
        return elapsed.compareTo(PATIENCE) >= 0
                || comingUp.stream().noneMatch(other -> other.compareTo(role) < 0);
    }
}
