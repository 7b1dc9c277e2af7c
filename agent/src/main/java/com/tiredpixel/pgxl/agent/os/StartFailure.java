package com.tiredpixel.pgxl.agent.os;

import java.nio.file.Files;
import java.nio.file.Path;

/** Puts a failed start into words: {@code posix_spawn} does not tell which of its steps failed. */
final class StartFailure {
    private StartFailure() {
    }

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
