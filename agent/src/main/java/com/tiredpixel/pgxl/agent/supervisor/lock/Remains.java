package com.tiredpixel.pgxl.agent.supervisor.lock;

/** What there is in a data directory when it is let go. No process of a server is. */
public enum Remains {
    /** A pid file: the last server did not end in order. */
    PID_FILE,
    /** Nothing of a server. */
    NOTHING,
    /** Not even the directory. */
    NO_DIRECTORY
}
