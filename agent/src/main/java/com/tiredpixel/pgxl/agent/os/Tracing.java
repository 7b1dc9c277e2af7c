package com.tiredpixel.pgxl.agent.os;

import java.util.Optional;

/**
 * Keeps other processes of the same user out of this one: from its memory, environment and descriptors, and from
 * attaching a debugger ({@code PR_SET_DUMPABLE}, {@code ptrace(2)}). What it reads of itself in {@code /proc/self} stays
 * readable for it, and what it starts is a program of its own again.
 */
public final class Tracing {
    private Tracing() {
    }

    /**
     * For the whole process. A change of the user id sets it as {@code fs.suid_dumpable} says, so it is repeated then.
     *
     * @return why it could not be done
     */
    public static Optional<String> forbid(Libc libc) {
        int result = libc.prctl(Libc.PR_SET_DUMPABLE, 0);
        return result < 0
                ? Optional.of("processes of the same user can look into the agent: prctl(PR_SET_DUMPABLE): "
                        + Errno.describe(result))
                : Optional.empty();
    }
}
