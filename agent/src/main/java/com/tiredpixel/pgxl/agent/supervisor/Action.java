package com.tiredpixel.pgxl.agent.supervisor;

/** What a transition asks for. The machine only names it; {@link ManagedNode} does it. */
public enum Action {
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
