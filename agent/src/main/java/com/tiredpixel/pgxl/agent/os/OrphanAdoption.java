package com.tiredpixel.pgxl.agent.os;

/** Why orphans fall to the agent, or that they do not. */
public sealed interface OrphanAdoption {

    /** Pid 1 of its pid namespace. */
    record Init() implements OrphanAdoption {
    }

    /**
     * A child subreaper: orphans among its descendants become its children.
     *
     * @param pid of the agent
     */
    record Subreaper(int pid) implements OrphanAdoption {
    }

    /**
     * The kernel refused; a server that {@code pg_ctl} starts cannot be adopted.
     *
     * @param pid of the agent
     * @param reason the errno in words
     */
    record Neither(int pid, String reason) implements OrphanAdoption {
    }

    /**
     * Makes this process a child subreaper ({@code PR_SET_CHILD_SUBREAPER}, for the whole process) unless it
     * is pid 1.
     */
    static OrphanAdoption assume(Libc libc) {
        int pid = libc.getpid();
        if (pid == 1) {
            return new Init();
        }
        int result = libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1);
        return result < 0 ? new Neither(pid, Errno.describe(result)) : new Subreaper(pid);
    }
}
