package com.tiredpixel.pgxl.agent.os;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Command lines of the processes of one look, within bounds for each and for all together: a process may have megabytes of
 * arguments, half a million empty ones, or write anything over its own; and there may be a thousand such processes.
 */
final class CommandLines {
    /** Of one process. No server of this kind was ever started with so many. */
    private static final int MOST_BYTES = 8 * 1024;
    private static final int MOST_ARGUMENTS = 256;
    /** Of all: after that, the first argument of each, which tells the children of a postmaster. */
    private static final int MOST_HEAP = 1024 * 1024;
    private static final int FIRST_BYTES = 256;
    /** A string, its array and its place in a list. */
    private static final int HEAP_OF_ARGUMENT = 64;

    private final Path proc;
    private int heap;

    /** @param proc where {@code /proc} is mounted */
    CommandLines(Path proc) {
        this.proc = proc;
    }

    /**
     * Zombies and kernel threads have none, nor has a process in the middle of {@code execve}: its starter returns before
     * the kernel has laid the arguments out.
     *
     * @return the arguments, without what is beyond the bounds and without empty ones at the end
     */
    List<String> of(int pid) {
        boolean room = heap < MOST_HEAP;
        int limit = room ? MOST_BYTES : FIRST_BYTES;
        byte[] bytes = BoundedFiles.system().readOnce(proc + "/" + pid + "/cmdline", limit).orElse(new byte[0]);
        List<String> arguments = split(bytes, bytes.length == limit, room ? MOST_ARGUMENTS : 1);
        heap += bytes.length + HEAP_OF_ARGUMENT * arguments.size();
        return arguments;
    }

    /**
     * @param cut whether there was more: then the last argument is only a part, and is kept only if it is the first too
     * @param most arguments to take
     */
    static List<String> split(byte[] bytes, boolean cut, int most) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        boolean part = cut && end == bytes.length;
        List<String> arguments = new ArrayList<>();
        int start = 0;
        while (start <= end && end > 0 && arguments.size() < most) {
            int stop = start;
            while (stop < end && bytes[stop] != 0) {
                stop++;
            }
            if (stop < end || !part || arguments.isEmpty()) {
                arguments.add(new String(bytes, start, stop - start, StandardCharsets.UTF_8));
            }
            start = stop + 1;
        }
        return arguments;
    }
}
