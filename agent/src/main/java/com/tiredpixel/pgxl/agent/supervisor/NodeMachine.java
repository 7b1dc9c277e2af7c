package com.tiredpixel.pgxl.agent.supervisor;

import static com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action.BACK_OFF;
import static com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action.FORGET;
import static com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action.JUDGE;
import static com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action.LAUNCH;
import static com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action.PREPARE;
import static com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action.RELEASE_LOCK;
import static com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action.REPORT_UNEXPECTED;
import static com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action.RETRY_LATER;
import static com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action.RETRY_SOON;
import static com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action.SETTLE;
import static com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action.WATCH_READINESS;
import static com.tiredpixel.pgxl.agent.supervisor.NodeState.BACKING_OFF;
import static com.tiredpixel.pgxl.agent.supervisor.NodeState.BLOCKED;
import static com.tiredpixel.pgxl.agent.supervisor.NodeState.CLEARING;
import static com.tiredpixel.pgxl.agent.supervisor.NodeState.GONE;
import static com.tiredpixel.pgxl.agent.supervisor.NodeState.HELD;
import static com.tiredpixel.pgxl.agent.supervisor.NodeState.LOCKED_OUT;
import static com.tiredpixel.pgxl.agent.supervisor.NodeState.RUNNING;
import static com.tiredpixel.pgxl.agent.supervisor.NodeState.SETTLING;
import static com.tiredpixel.pgxl.agent.supervisor.NodeState.STARTING;
import static com.tiredpixel.pgxl.agent.supervisor.NodeState.STOPPED;
import static com.tiredpixel.pgxl.agent.supervisor.NodeState.STOPPING;

import java.util.List;

/**
 * The life of a node as a table: one method for each event, one switch over the state in it. It has no
 * memory and no effects, so that every cell can be tested.
 */
final class NodeMachine {
    private NodeMachine() {
    }

    /** What a transition asks for. The machine only names it; {@link ManagedNode} does it. */
    enum Action {
        /** Take the directory's lock, end leftovers, remove stale files. */
        PREPARE,
        /** Start the server. */
        LAUNCH,
        /** Look for the evidence that the server serves, soon and then again. */
        WATCH_READINESS,
        /** Wait for the settle time before judging how the server ended. */
        SETTLE,
        /** Decide from the pid file whether the server was stopped or crashed. */
        JUDGE,
        /** Wait as long as the restart history asks for. */
        BACK_OFF,
        /** Try again within milliseconds. */
        RETRY_SOON,
        /** Try again in a second. */
        RETRY_LATER,
        /** Let the directory go, so that another container may have it. */
        RELEASE_LOCK,
        /** Drop the node from the list. */
        FORGET,
        /** Tell whoever reads the log that this event makes no sense in this state. */
        REPORT_UNEXPECTED
    }

    /**
     * What follows from one event in one state.
     *
     * @param next the state afterwards
     * @param actions what to do, in order
     */
    record Transition(NodeState next, List<Action> actions) {

        static Transition to(NodeState next, Action... actions) {
            return new Transition(next, List.of(actions));
        }

        /** @param why for the log */
        Outcome because(String why) {
            return new Outcome(this, why);
        }
    }

    /**
     * A transition that is to be made.
     *
     * @param transition what it is
     * @param why for the log
     */
    record Outcome(Transition transition, String why) {
    }

    /** The container started, or an operator asked for the node. */
    static Transition startRequested(NodeState state) {
        return switch (state) {
            case STOPPED, LOCKED_OUT, BLOCKED, BACKING_OFF -> Transition.to(CLEARING, PREPARE);
            case HELD, CLEARING, STARTING, RUNNING, SETTLING, STOPPING -> Transition.to(state);
            case GONE -> unexpected(state);
        };
    }

    /** The directory is ours and nothing in it prevents a start. */
    static Transition prepared(NodeState state) {
        return switch (state) {
            case CLEARING -> Transition.to(STARTING, LAUNCH);
            default -> unexpected(state);
        };
    }

    /** Children of the dead postmaster have been signalled and still live, or the lock is about to be ours. */
    static Transition leftoversRemained(NodeState state) {
        return switch (state) {
            case CLEARING, SETTLING -> Transition.to(state, RETRY_SOON);
            default -> unexpected(state);
        };
    }

    /** Another container holds the directory. */
    static Transition lockRefused(NodeState state) {
        return switch (state) {
            case STOPPED, CLEARING, LOCKED_OUT, BLOCKED, SETTLING, BACKING_OFF ->
                    Transition.to(LOCKED_OUT, RETRY_LATER);
            case HELD -> Transition.to(HELD);
            case STARTING, RUNNING, STOPPING, GONE -> unexpected(state);
        };
    }

    /**
     * Something that may pass stands in the way of a start. The directory is not let go: what stands in the way may be a
     * server here, which is about to be adopted.
     */
    static Transition obstructed(NodeState state) {
        return switch (state) {
            case CLEARING -> Transition.to(BLOCKED, RETRY_LATER);
            default -> unexpected(state);
        };
    }

    /** The agent's own start has a process. */
    static Transition launched(NodeState state) {
        return switch (state) {
            case STARTING -> Transition.to(STARTING, WATCH_READINESS);
            default -> unexpected(state);
        };
    }

    /** The kernel refused to start the program. */
    static Transition launchFailed(NodeState state) {
        return switch (state) {
            case STARTING -> Transition.to(BACKING_OFF, BACK_OFF);
            default -> unexpected(state);
        };
    }

    /**
     * A server that somebody else started on this directory was seen. While one of ours is thought to run
     * there, its end has happened already and only not been told yet.
     */
    static Transition adopted(NodeState state) {
        return switch (state) {
            case STOPPED, HELD, CLEARING, LOCKED_OUT, BLOCKED, STARTING, RUNNING, SETTLING, BACKING_OFF ->
                    Transition.to(STARTING, WATCH_READINESS);
            case STOPPING -> Transition.to(STOPPING);
            case GONE -> unexpected(state);
        };
    }

    /** The evidence says that the server serves. */
    static Transition becameReady(NodeState state) {
        return switch (state) {
            case STARTING -> Transition.to(RUNNING);
            default -> unexpected(state);
        };
    }

    /** The server process has ended and is reaped. */
    static Transition exited(NodeState state) {
        return switch (state) {
            case STARTING, RUNNING -> Transition.to(SETTLING, SETTLE);
            case STOPPING -> Transition.to(STOPPED, RELEASE_LOCK);
            default -> unexpected(state);
        };
    }

    /** The server was stopped by the operator: it stays down. */
    static Transition judgedStopped(NodeState state) {
        return switch (state) {
            case SETTLING -> Transition.to(STOPPED, RELEASE_LOCK);
            default -> unexpected(state);
        };
    }

    /** The server crashed, or failed to start: it comes back. */
    static Transition judgedCrashed(NodeState state) {
        return switch (state) {
            case SETTLING -> Transition.to(BACKING_OFF, BACK_OFF);
            default -> unexpected(state);
        };
    }

    /** The server has ended, stopped or crashed, and the operator holds the node: it stays down. */
    static Transition judgedHeld(NodeState state) {
        return switch (state) {
            case SETTLING -> Transition.to(HELD, RELEASE_LOCK);
            default -> unexpected(state);
        };
    }

    /** The operator keeps the agent from starting it. A live server is left alone; its end will count. */
    static Transition holdRequested(NodeState state) {
        return switch (state) {
            case STOPPED, CLEARING, LOCKED_OUT, BLOCKED, BACKING_OFF -> Transition.to(HELD, RELEASE_LOCK);
            case HELD, STARTING, RUNNING, SETTLING, STOPPING -> Transition.to(state);
            case GONE -> unexpected(state);
        };
    }

    /** The operator gives it back to the agent, which starts it as a container start would. */
    static Transition released(NodeState state) {
        return switch (state) {
            case HELD -> Transition.to(CLEARING, PREPARE);
            case STOPPED, CLEARING, LOCKED_OUT, BLOCKED, STARTING, RUNNING, SETTLING, BACKING_OFF, STOPPING ->
                    Transition.to(state);
            case GONE -> unexpected(state);
        };
    }

    /** The time that the last action asked for is over. */
    static Transition pauseElapsed(NodeState state) {
        return switch (state) {
            case CLEARING, LOCKED_OUT, BLOCKED, BACKING_OFF -> Transition.to(CLEARING, PREPARE);
            case SETTLING -> Transition.to(SETTLING, JUDGE);
            case STARTING -> Transition.to(STARTING, WATCH_READINESS);
            case STOPPED, HELD, RUNNING, STOPPING, GONE -> unexpected(state);
        };
    }

    /** The container is to stop. How the server is told is the business of {@link StopPlan}. */
    static Transition stopRequested(NodeState state) {
        return switch (state) {
            case STARTING, RUNNING, STOPPING -> Transition.to(STOPPING);
            case STOPPED, HELD -> Transition.to(state);
            case CLEARING, LOCKED_OUT, BLOCKED, SETTLING, BACKING_OFF -> Transition.to(STOPPED, RELEASE_LOCK);
            case GONE -> unexpected(state);
        };
    }

    /** The data directory is no longer there. A live server is left to notice that itself. */
    static Transition directoryVanished(NodeState state) {
        return switch (state) {
            case STOPPED, HELD, CLEARING, LOCKED_OUT, BLOCKED, SETTLING, BACKING_OFF ->
                    Transition.to(GONE, RELEASE_LOCK, FORGET);
            case STARTING, RUNNING, STOPPING -> Transition.to(state);
            case GONE -> unexpected(state);
        };
    }

    private static Transition unexpected(NodeState state) {
        return Transition.to(state, REPORT_UNEXPECTED);
    }
}
