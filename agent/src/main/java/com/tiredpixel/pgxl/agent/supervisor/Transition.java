package com.tiredpixel.pgxl.agent.supervisor;

import java.util.List;

/**
 * The outcome of one event in one state.
 *
 * @param next the state afterwards
 * @param actions what to do, in order
 */
public record Transition(NodeState next, List<Action> actions) {

    /** Copies the list. */
    public Transition {
        actions = List.copyOf(actions);
    }

    static Transition to(NodeState next, Action... actions) {
        return new Transition(next, List.of(actions));
    }
}
