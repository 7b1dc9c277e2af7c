package com.tiredpixel.pgxl.agent.os;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the agent needs of {@code /proc/PID/stat}, {@code proc(5)}.
 *
 * @param identity pid and start time
 * @param comm the name of the program, at most 15 bytes, any bytes
 * @param state one letter
 * @param parent pid of the parent
 */
record ProcStat(ProcessIdentity identity, String comm, char state, int parent) {
    /** A line has 52 fields, hardly 400 bytes. */
    private static final int MOST_BYTES = 2048;
    private static final int FIELDS_FROM_PARENT_TO_START_TIME = 18;

    /** @return empty if there is no such process or thread */
    static Optional<ProcStat> read(Path proc, int pid) {
        return BoundedFiles.system().readOnce(proc + "/" + pid + "/stat", MOST_BYTES)
                .flatMap(line -> parse(line, line.length));
    }

    /** The second field may itself hold blanks and parentheses: only the last one closes it. */
    static Optional<ProcStat> parse(byte[] line, int length) {
        String text = new String(line, 0, length, StandardCharsets.ISO_8859_1);
        int open = text.indexOf(" (");
        int close = text.lastIndexOf(") ");
        if (open < 1 || close < open + 2 || close + 4 >= length) {
            return Optional.empty();
        }
        int parent = close + 4;
        int startTime = parent;
        for (int i = 0; i < FIELDS_FROM_PARENT_TO_START_TIME && startTime > 0; i++) {
            startTime = text.indexOf(' ', startTime) + 1;
        }
        int end = text.indexOf(' ', startTime);
        if (startTime == 0 || end < 0) {
            return Optional.empty();
        }
        try {
            int pid = Integer.parseInt(text, 0, open, 10);
            var identity = new ProcessIdentity(pid, Long.parseLong(text, startTime, end, 10));
            String comm = new String(line, open + 2, close - open - 2, StandardCharsets.UTF_8);
            int parentPid = Integer.parseInt(text, parent, text.indexOf(' ', parent), 10);
            return Optional.of(new ProcStat(identity, comm, text.charAt(close + 2), parentPid));
        } catch (NumberFormatException notStat) {
            return Optional.empty();
        }
    }

    boolean isZombie() {
        return state == 'Z' || state == 'X';
    }
}
