package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process could not be started. The message names the program, the directory and the errno. */
public final class StartFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message a lower-case sentence with the path and the errno in it */
    public StartFailedException(String message) {
        super(message);
    }

    /** @param result of {@code posix_spawn}, which does not tell which of its steps failed */
    static StartFailedException of(Command command, int result) {
        String guess = guess(command, result);
        return new StartFailedException("cannot start " + command.program() + " in " + command.directory() + ": "
                + Errno.describe(result) + (guess.isEmpty() ? "" : ": " + guess));
    }

    private static String guess(Command command, int result) {
        Path program = command.program();
        Path directory = command.directory();
        if (Errno.EAGAIN.is(result) || Errno.ENOMEM.is(result) || Errno.E2BIG.is(result)) {
            return "";
        }
        if (!Files.exists(directory)) {
            return "the directory does not exist or cannot be reached";
        }
        if (!Files.isDirectory(directory)) {
            return "the directory is none";
        }
        if (!Files.isExecutable(directory)) {
            return "the directory may not be entered";
        }
        if (!Files.exists(program)) {
            return "the program does not exist or cannot be reached";
        }
        if (Files.isDirectory(program)) {
            return "the program is a directory";
        }
        if (!Files.isExecutable(program)) {
            return "the program may not be executed";
        }
        if (Errno.ENOENT.is(result)) {
            return "the program exists, so its interpreter or the terminal does not";
        }
        return "";
    }
}
