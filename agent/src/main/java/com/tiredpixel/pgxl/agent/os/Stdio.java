package com.tiredpixel.pgxl.agent.os;

import java.nio.file.Path;

/** Where one of the three standard descriptors of a new process leads. */
public sealed interface Stdio {

    /** {@code /dev/null}. */
    record Null() implements Stdio {
    }

    /** A pipe of our own; our end is a stream of {@link Child}. */
    record Pipe() implements Stdio {
    }

    /** For standard error only: wherever standard output leads. */
    record SameAsOutput() implements Stdio {
    }

    /**
     * A terminal, opened by the child itself, which as a session leader without a terminal thereby makes
     * it its controlling terminal. The agent must never open it: it would acquire it for PID 1.
     *
     * @param slave such as {@code /dev/pts/0}
     */
    record Terminal(Path slave) implements Stdio {
    }
}
