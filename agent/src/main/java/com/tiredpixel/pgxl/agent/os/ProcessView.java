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
 *     children of a postmaster show {@code "postgres: …"}
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

    /** Copies the list. */
    public ProcessView {
        commandLine = List.copyOf(commandLine);
    }

    /** @return whether it has ended and waits to be reaped */
    public boolean isZombie() {
        return state == 'Z' || state == 'X';
    }
}
