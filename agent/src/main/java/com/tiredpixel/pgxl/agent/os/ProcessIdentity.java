package com.tiredpixel.pgxl.agent.os;

/**
 * Which process is meant: pids repeat, in a container often, and a start time tells two owners apart.
 *
 * @param pid as this pid namespace numbers it
 * @param startTicks clock ticks after boot, field 22 of {@code /proc/PID/stat}
 */
public record ProcessIdentity(int pid, long startTicks) {
    /** In place of a start time that nobody read. No process but PID 1 of the host started at tick 0. */
    public static final long UNREAD = 0;

    /** Written out: a record's own is spun at run time from two dozen classes that no archive keeps. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ProcessIdentity that && pid == that.pid && startTicks == that.startTicks;
    }

    @Override
    public int hashCode() {
        return 31 * pid + Long.hashCode(startTicks);
    }

    @Override
    public String toString() {
        return "pid " + pid;
    }
}
