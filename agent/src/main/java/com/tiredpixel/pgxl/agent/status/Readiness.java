package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.status.probe.ProbeResult;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;

/** Whether a node serves, and why or why not. */
sealed interface Readiness {

    boolean ready();

    /** @return why, without the node's state, which stands beside it */
    String reason();

    /** @return why, for whoever sees nothing else of the node */
    default String sentence() {
        return reason();
    }

    /** It runs, and this is what it answered. */
    record Answered(ProbeResult result) implements Readiness {
        @Override
        public boolean ready() {
            return result.serves();
        }

        @Override
        public String reason() {
            return result.words();
        }
    }

    /** It runs, and has told no address at which it could be asked. */
    record Unasked() implements Readiness {
        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public String reason() {
            return "runs; it has no address to ask";
        }
    }

    /** It runs as a standby that nobody can ask, and is as ready as it gets. */
    record WithoutClients() implements Readiness {
        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public String reason() {
            return "follows its master and takes no clients: hot_standby is off";
        }
    }

    /** It does not run yet, or no more. */
    record NotRunning(NodeState state, String reason) implements Readiness {
        @Override
        public boolean ready() {
            return false;
        }

        @Override
        public String sentence() {
            return state + ": " + reason;
        }
    }
}
