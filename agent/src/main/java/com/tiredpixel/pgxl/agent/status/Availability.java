package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.status.probe.ProbeResult;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.util.Optional;

/**
 * Whether a node serves.
 *
 * @param ready whether it does
 * @param reason why or why not, without the node's state, which stands beside it
 * @param sentence the same, for whoever sees nothing else of the node
 * @param answer what it answered, if it was asked
 */
record Availability(boolean ready, String reason, String sentence, Optional<ProbeResult.Kind> answer) {

    private Availability(boolean ready, String reason, Optional<ProbeResult.Kind> answer) {
        this(ready, reason, reason, answer);
    }

    /** It runs, and this is what it answered. */
    static Availability answered(ProbeResult result) {
        return new Availability(result.serves(), result.words(), Optional.of(result.kind()));
    }

    /** It runs, and has told no address at which it could be asked. */
    static Availability unasked() {
        return new Availability(true, "runs; it has no address to ask", Optional.empty());
    }

    /** It runs as a standby that nobody can ask, and is as ready as it gets. */
    static Availability withoutClients() {
        return new Availability(true, "follows its master and takes no clients: hot_standby is off", Optional.empty());
    }

    /** It does not run yet, or no more. */
    static Availability notRunning(NodeState state, String reason) {
        return new Availability(false, reason, state + ": " + reason, Optional.empty());
    }
}
