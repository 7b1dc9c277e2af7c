package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * A node as the supervisor sees it at one moment: enough to explain every decision.
 *
 * @param directory its data directory
 * @param role what it is
 * @param state where it is in its life
 * @param reason why it is in this state
 * @param inState how long it has been in it
 * @param pid of the server, if there is one
 * @param restarts how often the agent has brought it back since the container started
 * @param crashLoop whether it keeps dying
 * @param held whether the operator keeps the agent from starting it
 * @param history what has happened to it
 */
public record NodeReport(
        Path directory,
        Role role,
        NodeState state,
        String reason,
        Duration inState,
        OptionalInt pid,
        int restarts,
        boolean crashLoop,
        boolean held,
        NodeHistory history) {

    /** @return the same, of a node whose directory has not answered since */
    NodeReport withoutAnswer(Duration silence) {
        return new NodeReport(
                directory, role, state, "its directory does not answer, for " + silence.toSeconds() + " s; before that: "
                        + reason, inState.plus(silence), pid, restarts, crashLoop, held, history);
    }

    /** @return one line for the log */
    public String describe() {
        return state
                + " for " + inState.toSeconds() + " s: " + reason
                + (pid.isPresent() ? "; pid " + pid.getAsInt() : "")
                + (restarts > 0 ? "; restarts " + restarts : "")
                + (crashLoop ? "; crash loop" : "")
                + (held && state != NodeState.HELD ? "; held" : "")
                + "; next: " + next();
    }

    /** @return what the agent will do next, left to itself */
    public String next() {
        if (held && state.hasServer()) {
            return "leave it alone, and leave it down when it ends, until pgxl release";
        }
        return switch (state) {
            case STOPPED -> "nothing until the operator or the next container start says so";
            case HELD -> "nothing until pgxl release";
            case CLEARING -> "start it when what a dead server left behind is gone";
            case LOCKED_OUT -> "try again every second, start it when the other container lets go";
            case BLOCKED -> "try again every second";
            case STARTING -> "wait until it serves";
            case RUNNING -> "bring it back if it crashes";
            case SETTLING -> "judge whether it was stopped or crashed";
            case BACKING_OFF -> "start it when the wait is over";
            case STOPPING -> "tell it more firmly as the time runs out";
            case GONE -> "forget it";
        };
    }
}
