package com.tiredpixel.pgxl.agent.node;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a directory is, and on which evidence. */
public sealed interface Finding {

    /** @return the directory */
    Path directory();

    /** @return all that was found, strongest first */
    List<Evidence> evidence();

    /** @return the evidence in one phrase, for the log */
    default String because() {
        return evidence().stream().map(Evidence::toString).collect(Collectors.joining("; "));
    }

    /**
     * A node that was started for real at least once.
     *
     * @param facts what to start, and how
     * @param identity what a copy of the directory would have too, and no other node
     * @param placeProven whether a file in it says that it was started in this very directory
     * @param evidence strongest first
     */
    record Node(NodeFacts facts, Optional<String> identity, boolean placeProven, List<Evidence> evidence)
            implements Finding {

        /** Copies the list. */
        public Node {
            evidence = List.copyOf(evidence);
        }

        @Override
        public Path directory() {
            return facts.directory();
        }

        /** @return what it is */
        public Role role() {
            return facts.role();
        }
    }

    /**
     * Something that looks like a node, and must not be started.
     *
     * @param directory where
     * @param reason a lower-case phrase: what it is instead
     * @param evidence strongest first
     */
    record NotANode(Path directory, String reason, List<Evidence> evidence) implements Finding {

        /** Copies the list. */
        public NotANode {
            evidence = List.copyOf(evidence);
        }
    }

    /**
     * A node, or perhaps not, whose evidence does not agree or does not suffice: nothing is started.
     *
     * @param directory where
     * @param what a lower-case phrase: what was found where
     * @param remedy a lower-case phrase: how the operator can settle it
     * @param roleSettlesIt whether {@code PGXL_ROLE} would
     * @param evidence strongest first
     */
    record Contradiction(
            Path directory, String what, String remedy, boolean roleSettlesIt, List<Evidence> evidence)
            implements Finding {

        /** Copies the list. */
        public Contradiction {
            evidence = List.copyOf(evidence);
        }
    }
}
