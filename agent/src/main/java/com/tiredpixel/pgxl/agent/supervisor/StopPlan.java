package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.supervisor.server.StopStage;
import java.time.Duration;
import java.util.Collection;

/**
 * How firmly each server should have been told to stop by now. Coordinators go first, then datanodes,
 * proxies and GTM, each kind when the one before it is down, so that nobody loses a service it still
 * needs; but no kind waits for longer than its share, for all of them share one budget.
 *
 * @param budget {@code PGXL_STOP_TIMEOUT}
 */
record StopPlan(Duration budget) {

    /**
     * @param role of the server in question
     * @param alive roles of all servers that still run, this one included
     * @param elapsed since the stop began
     */
    StopStage stageFor(Role role, Collection<Role> alive, Duration elapsed) {
        if (elapsed.compareTo(budget) >= 0) {
            return StopStage.KILLED;
        }
        if (elapsed.compareTo(lastQuarter()) >= 0) {
            return StopStage.IMMEDIATE;
        }
        boolean earlierKindsAreDown = alive.stream().noneMatch(other -> stopsBefore(other, role));
        return earlierKindsAreDown || elapsed.compareTo(longestWait(role)) >= 0
                ? StopStage.FAST
                : StopStage.NONE;
    }

    /** @return when abandoning the clients begins: the last quarter */
    Duration lastQuarter() {
        return budget.multipliedBy(3).dividedBy(4);
    }

    /** The kinds stop in the reverse of the order in which they start, which is that of {@link Role}. */
    private static boolean stopsBefore(Role other, Role role) {
        return other.compareTo(role) > 0;
    }

    private Duration longestWait(Role role) {
        int kindsBefore = Role.values().length - 1 - role.ordinal();
        return budget.multipliedBy(kindsBefore).dividedBy(8);
    }
}
