package com.tiredpixel.pgxl.agent.node;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A pid file of one of the three programs. It says which process took the directory, and nothing about whether
 * that process still lives.
 */
public sealed interface PidFile {
    /** {@code PID_MAX_LIMIT} of 64-bit Linux: no process has a higher number. */
    int HIGHEST_PID = 4_194_304;

    /** There is none: nobody has taken the directory, or who had it took it away at a clean stop. */
    record Absent() implements PidFile {
    }

    /**
     * See {@link FileContent.Unreadable}. The server would fail on it too, or, with a FIFO, wait for ever.
     *
     * @param reason a lower-case sentence with the path in it
     */
    record Unreadable(String reason) implements PidFile {
    }

    /**
     * The file names no process.
     *
     * @param why a lower-case phrase
     * @param text the beginning of the file, at most 200 characters
     */
    record Malformed(String why, String text) implements PidFile {
    }

    /** The file names a process. */
    sealed interface Named extends PidFile {

        /** @return 2 to {@link #HIGHEST_PID}; 1 is the agent */
        int pid();

        /** @return the data directory as the program that wrote the file knew it */
        String dataDirectory();
    }

    /**
     * {@code postmaster.pid}. The first five lines come at once, the others one by one as the start goes on.
     *
     * @param pid the postmaster
     * @param dataDirectory absolute, as it was given, symbolic links and all
     * @param port 1 to 65535
     * @param socketDirectory of the first Unix socket
     * @param listenAddress the first of {@code listen_addresses}; empty without TCP
     * @param status how far the postmaster is
     */
    record Postmaster(
            int pid,
            String dataDirectory,
            OptionalInt port,
            Optional<String> socketDirectory,
            Optional<String> listenAddress,
            Status status)
            implements Named {
    }

    /**
     * {@code gtm.pid} of GTM, {@code gtm_proxy.pid} of its proxy.
     *
     * @param pid the process
     * @param dataDirectory absolute
     */
    record Gtm(int pid, String dataDirectory) implements Named {
    }

    /** The eighth line of {@code postmaster.pid}, written by PostgreSQL 10 and later. */
    enum Status {
        /** Starting, or in crash recovery. */
        STARTING,
        /** On its way down. */
        STOPPING,
        /** Accepts connections. */
        READY,
        /** Up as a standby that takes no connections. */
        STANDBY,
        /** The line is not there: not yet, or never, as before 10. */
        UNSAID
    }

    /**
     * Reads the pid file of a data directory.
     *
     * @param directory the data directory
     * @param program whose file to read
     */
    static PidFile read(Path directory, Program program) {
        FileContent content = FileContent.read(directory.resolve(program.pidFileName()), FileContent.SMALL);
        if (content instanceof FileContent.Unreadable unreadable) {
            return new Unreadable(unreadable.reason());
        }
        if (content instanceof FileContent.Content present) {
            return program == Program.POSTGRES ? parsePostmaster(present.text()) : parseGtm(present.text());
        }
        return new Absent();
    }

    /** @param text of {@code postmaster.pid}, or of a socket's lock file, which has its first five lines */
    static PidFile parsePostmaster(String text) {
        return new PidFileParser(text).postmaster();
    }

    /** @param text of {@code gtm.pid} or {@code gtm_proxy.pid} */
    static PidFile parseGtm(String text) {
        return new PidFileParser(text).gtm();
    }
}
