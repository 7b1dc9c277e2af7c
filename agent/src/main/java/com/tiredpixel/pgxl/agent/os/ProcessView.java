package com.tiredpixel.pgxl.agent.os;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A process as {@code /proc} showed it at one moment.
 *
 * @param identity pid and start time
 * @param parent pid of the parent
 * @param state the letter of {@code /proc/PID/stat}: {@code Z} is a zombie
 * @param uid effective user id
 * @param program base name of {@code /proc/PID/exe}, without {@code " (deleted)"}; of {@code comm} if that
 *     link may not be read
 * @param commandLine argv, empty in the first moment of a program, or what the process wrote over it:
 *     children of a postmaster show {@code "postgres: …"}; cut at bounds, and read only of programs that matter
 * @param directory the working directory, empty if it may not be read
 */
public record ProcessView(
        ProcessIdentity identity,
        int parent,
        char state,
        int uid,
        String program,
        List<String> commandLine,
        Optional<Path> directory) {
    private static final int LONGEST_SHOWN = 200;

    /** Copies the list. */
    public ProcessView {
        commandLine = List.copyOf(commandLine);
    }

    /** @return its command line for the log, or the name of its program if that was not read; at most 200 characters */
    public String shown() {
        String text = String.join(" ", commandLine).strip();
        return text.isEmpty() ? program : text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }

    /** @return whether it has ended and waits to be reaped */
    public boolean isZombie() {
        return state == 'Z' || state == 'X';
    }
}
