package com.tiredpixel.pgxl.agent.os;

import java.util.List;

/**
 * What {@link Libc#posixSpawn} starts. All strings are bytes without the closing NUL.
 *
 * @param program absolute path
 * @param arguments argv
 * @param environment {@code NAME=VALUE}
 * @param actions done in the child, in this order, before it becomes the program
 */
record Spawn(byte[] program, List<byte[]> arguments, List<byte[]> environment, List<Action> actions) {

    /** One file action of {@code posix_spawn_file_actions_init(3)}. */
    sealed interface Action {
    }

    /** Opens a file under this very number. */
    record Open(int descriptor, byte[] path, int flags) implements Action {
    }

    /** {@code dup2(from, to)}. */
    record Duplicate(int from, int to) implements Action {
    }

    /** Enters a directory. */
    record ChangeDirectory(byte[] path) implements Action {
    }

    /** Closes all descriptors from this number on. */
    record CloseFrom(int lowest) implements Action {
    }
}
