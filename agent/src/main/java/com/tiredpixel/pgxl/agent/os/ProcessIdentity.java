package com.tiredpixel.pgxl.agent.os;

/**
 * Which process is meant: pids repeat, in a container often, and a start time tells two owners apart.
 *
 * @param pid as this pid namespace numbers it
 * @param startTicks clock ticks after boot, field 22 of {@code /proc/PID/stat}
 */
public record ProcessIdentity(int pid, long startTicks) {
    @Override
    public String toString() {
        return "pid " + pid;
    }
}
