package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Looks at what a server would start on, before the agent starts it. Supervisor's thread only. */
public interface StartGuard {

    /**
     * A start that is about to happen.
     *
     * @param directory of the node
     * @param role of the node
     * @param subject how the log names it
     * @param ordered whether the operator asks for this very start
     * @param databases directories of the coordinators and datanodes that the agent knows
     */
    record Start(Path directory, Role role, String subject, boolean ordered, List<Path> databases) {
    }

    /** What it found. */
    sealed interface Verdict {

        /** Nothing speaks against it. */
        record Clear() implements Verdict {
        }

        /**
         * It will be known in a moment.
         *
         * @param what is asked
         */
        record NotYetKnown(String what) implements Verdict {
        }

        /** @param reason why it must not start, and what the operator can do about it */
        record Blocked(String reason) implements Verdict {
        }
    }

    /**
     * How the operator wants {@code gtm.control} repaired.
     *
     * @param highestXid that a node knows, as he found it; nothing if he has not asked them
     * @param trustFile start on the file as it is, whatever the copies say
     */
    record Repair(OptionalLong highestXid, boolean trustFile) {
    }

    /** Called for each start, and again for each further try. */
    Verdict before(Start start);

    /**
     * A server that somebody else started on the directory is there.
     *
     * @param node of it
     */
    default void adopted(Start node) {
    }

    /** Does what {@code pgxl repair-gtm} is for. No server runs on the directory, and none starts meanwhile. */
    NodeCommand.Result repair(Start node, Repair repair);

    /** Finds nothing, and repairs nothing. */
    static StartGuard none() {
        return new StartGuard() {
            @Override
            public Verdict before(Start start) {
                return new Verdict.Clear();
            }

            @Override
            public NodeCommand.Result repair(Start node, Repair repair) {
                return new NodeCommand.Result.Refused("has nothing to repair");
            }
        };
    }
}
