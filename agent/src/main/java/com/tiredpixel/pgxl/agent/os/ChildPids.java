package com.tiredpixel.pgxl.agent.os;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The pids of the agent's children: those it started, as it knows itself, and the orphans that fell to it, as the
 * kernel lists them. An orphan falls to the first living thread of a process, and the first is its leader
 * ({@code find_alive_thread} in the kernel's {@code exit.c}), which in a JVM waits for the others to the end. So one
 * list is read of the twenty that the threads have.
 */
final class ChildPids {
    /** Some 40,000 children; those beyond are seen when these have ended. */
    private static final int MOST_BYTES = 256 * 1024;

    private final Path proc;
    private final Path orphans;
    private final int ownPid;
    private final Supplier<Set<Integer>> started;

    /**
     * @param proc where {@code /proc} is mounted
     * @param ownPid of the agent, which is the number of its leading thread too
     * @param started those that it started and has not reaped
     */
    ChildPids(Path proc, int ownPid, Supplier<Set<Integer>> started) {
        this.proc = proc;
        this.orphans = proc.resolve(ownPid + "/task/" + ownPid + "/children");
        this.ownPid = ownPid;
        this.started = started;
    }

    /** @return pids, some of which may have ended */
    Set<Integer> read() {
        Set<Integer> pids = new LinkedHashSet<>(started.get());
        FileRead listed = BoundedFiles.system().read(orphans, MOST_BYTES);
        if (listed instanceof FileRead.Content all) {
            addNumbers(all.bytes(), pids);
        } else if (listed instanceof FileRead.TooLong part) {
            // The last number may be a part of one, and a look at a process tells whose child it is.
            addNumbers(part.beginning(), pids);
        } else {
            // A kernel without this file.
            ProcFs.numbers(proc).stream().filter(this::isChild).forEach(pids::add);
        }
        return pids;
    }

    /** Numbers with a blank behind each. */
    private static void addNumbers(byte[] text, Set<Integer> numbers) {
        int number = -1;
        for (byte letter : text) {
            if (letter >= '0' && letter <= '9') {
                number = Math.max(number, 0) * 10 + letter - '0';
            } else if (number >= 0) {
                numbers.add(number);
                number = -1;
            }
        }
        if (number >= 0) {
            numbers.add(number);
        }
    }

    private boolean isChild(int pid) {
        return ProcStat.read(proc, pid).filter(stat -> stat.parent() == ownPid).isPresent();
    }
}
