package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The nodes that a container start found, until each had its turn: GTM, then proxies, datanodes, coordinators, each
 * when the kind before it serves.
 */
final class StartQueue {
    /** How long a kind waits for the kinds before it: one that cannot come up holds nobody up for ever. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SupervisorContext context;
    private final List<WatchedNode> waiting = new ArrayList<>();
    private Duration begun;

    StartQueue(SupervisorContext context) {
        this.context = context;
        this.begun = context.clock().now();
    }

    /** Once is enough. */
    void add(WatchedNode node) {
        if (waiting.isEmpty()) {
            begun = context.clock().now();
        }
        if (!waiting.contains(node)) {
            waiting.add(node);
        }
    }

    /** The operator has his own mind about it. */
    void remove(WatchedNode node) {
        waiting.remove(node);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Starts those whose turn it is, and those whose turn it is then: a quick server serves at once. */
    void advance(Collection<WatchedNode> nodes) {
        waiting.removeIf(node -> node.state() == NodeState.GONE || node.isHeld());
        List<WatchedNode> next = next(nodes);
        while (!next.isEmpty()) {
            int before = waiting.size();
            // One whose start fails here, or for which there is no thread, stays and has its turn again.
            Each.of(next, node -> {
                if (node.startRequested("the container started")) {
                    waiting.remove(node);
                }
            });
            next = waiting.size() < before ? next(nodes) : List.of();
        }
    }

    private List<WatchedNode> next(Collection<WatchedNode> nodes) {
        Duration elapsed = context.clock().now().minus(begun);
        var comingUp = new ArrayList<>(waiting.stream().map(WatchedNode::role).toList());
        nodes.stream().filter(WatchedNode::isComingUp).forEach(node -> comingUp.add(node.role()));
        return waiting.stream()
                .filter(WatchedNode::answers)
                .filter(node -> mayStart(node.role(), comingUp, elapsed))
                .toList();
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
