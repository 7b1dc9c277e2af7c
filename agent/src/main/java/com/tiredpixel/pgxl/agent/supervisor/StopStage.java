package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.Signal;

/** How firmly a server has been told to stop. A stop only ever gets firmer. */
enum StopStage {
    /** Not told yet. */
    NONE,
    /** Clients are disconnected, everything is written: PostgreSQL's fast shutdown, GTM's only one. */
    FAST,
    /** Clients are abandoned; PostgreSQL recovers from its WAL at the next start. */
    IMMEDIATE,
    /** SIGKILL: nothing gentler is left to try and no time to try it. */
    KILLED;

    /**
     * @param role which program it is
     * @return the signal that says so
     */
    Signal signal(Role role) {
        return switch (this) {
            case NONE -> throw new IllegalStateException("nothing is sent at stage NONE");
            // SIGTERM would be PostgreSQL's smart shutdown, which waits for clients for ever.
            case FAST -> role.isPostgres() ? Signal.INT : Signal.TERM;
            case IMMEDIATE -> Signal.QUIT;
            case KILLED -> Signal.KILL;
        };
    }
}
