package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.util.Optional;

/** What a test expects to be found. */
final class Findings {
    private Findings() {
    }

    static Finding examine(Path directory) {
        return RoleDetector.examine(directory, Optional.empty());
    }

    static Finding.Node node(Finding finding) {
        return assertInstanceOf(Finding.Node.class, finding, finding.toString());
    }

    static Finding.NotANode notANode(Finding finding) {
        return assertInstanceOf(Finding.NotANode.class, finding, finding.toString());
    }

    static Finding.Contradiction contradiction(Finding finding) {
        return assertInstanceOf(Finding.Contradiction.class, finding, finding.toString());
    }
}
