package com.tiredpixel.pgxl.agent.supervisor;

/** Where a node is in its life. What leads from one state to the next stands in {@link NodeMachine}. */
public enum NodeState {
    /** Down because the operator wants it down, or not yet started in this container's life. */
    STOPPED,
    /** Down, and the operator's {@code pgxl hold} keeps it down, also in the next container. */
    HELD,
    /** Wants to run: leftovers of a dead postmaster are being ended and stale files removed. */
    CLEARING,
    /** Wants to run, but a server in another container holds the directory. */
    LOCKED_OUT,
    /** Wants to run, but something here stands in the way, such as a live server that is not ours. */
    BLOCKED,
    /** The server process is there and does not serve yet. */
    STARTING,
    /** The server serves. */
    RUNNING,
    /** The server process has ended; shortly it will be clear whether it was stopped or crashed. */
    SETTLING,
    /** Crashed; waiting before the next start. */
    BACKING_OFF,
    /** The agent has told the server to stop. */
    STOPPING,
    /** The directory has been removed; the node is forgotten. */
    GONE;

    /** @return whether a server process belongs to this state */
    public boolean hasServer() {
        return this == STARTING || this == RUNNING || this == STOPPING;
    }

    /** @return whether the node is on its way up and not waiting for something that may take long */
    boolean isComingUp() {
        return this == CLEARING || this == STARTING;
    }
}
