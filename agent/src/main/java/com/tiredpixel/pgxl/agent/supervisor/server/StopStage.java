package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.util.Optional;

/** How firmly a server has been told to stop. A stop only ever gets firmer. */
public enum StopStage {
    /** Not told yet. */
    NONE,
    /** PostgreSQL waits until its clients have left, for ever if need be. Only an operator asks for it. */
    SMART,
    /** Clients are disconnected, everything is written: PostgreSQL's fast shutdown, GTM's only one. */
    FAST,
    /** Clients are abandoned; PostgreSQL recovers from its WAL at the next start. */
    IMMEDIATE,
    /** SIGKILL: nothing gentler is left to try and no time to try it. */
    KILLED;

    /**
     * @param program which it is
     * @param before what it has been told already
     * @return the signal that says so, if there is one to send
     */
    public Optional<Signal> signal(Program program, StopStage before) {
        if (this == NONE || compareTo(before) <= 0) {
            return Optional.empty();
        }
        if (this == KILLED) {
            return Optional.of(Signal.KILL);
        }
        if (program == Program.POSTGRES) {
            return Optional.of(switch (this) {
                case SMART -> Signal.TERM;
                case FAST -> Signal.INT;
                default -> Signal.QUIT;
            });
        }
        // All its signals mean the same stop, and a second one keeps GTM from saving gtm.control.
        return before == NONE ? Optional.of(Signal.TERM) : Optional.empty();
    }
}
