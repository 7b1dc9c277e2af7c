package com.tiredpixel.pgxl.agent.supervisor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The nodes that a container start found, until each had its turn. */
final class StartQueue {
    private final Surroundings surroundings;
    private final List<ManagedNode> waiting = new ArrayList<>();
    private Duration begun;

    StartQueue(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.begun = surroundings.clock().now();
    }

    /** Once is enough. */
    void add(ManagedNode node) {
        if (waiting.isEmpty()) {
            begun = surroundings.clock().now();
        }
        if (!waiting.contains(node)) {
            waiting.add(node);
        }
    }

    /** The operator has his own mind about it. */
    void remove(ManagedNode node) {
        waiting.remove(node);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Starts those whose turn it is, and those whose turn it is then: a quick server serves at once. */
    void advance(Collection<ManagedNode> nodes) {
        waiting.removeIf(node -> node.state() == NodeState.GONE);
        List<ManagedNode> next = next(nodes);
        while (!next.isEmpty()) {
            // One whose start fails here stays, and has its turn again.
            Each.of(next, node -> {
                node.startRequested("the container started");
                waiting.remove(node);
            });
            next = next(nodes);
        }
    }

    private List<ManagedNode> next(Collection<ManagedNode> nodes) {
        Duration elapsed = surroundings.clock().now().minus(begun);
        var comingUp = new ArrayList<>(waiting.stream().map(ManagedNode::role).toList());
        nodes.stream().filter(node -> node.state().isComingUp()).forEach(node -> comingUp.add(node.role()));
        return waiting.stream().filter(node -> StartOrder.mayStart(node.role(), comingUp, elapsed)).toList();
    }
}
