package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int START_TICKS = 19;

    /** @return empty if there is no such process or thread */
    static Optional<ProcStat> read(Path proc, int pid) {
        try {
            return parse(Files.readAllBytes(proc.resolve(pid + "/stat")));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** The second field may itself hold blanks and parentheses: only the last one closes it. */
    static Optional<ProcStat> parse(byte[] line) {
        String text = new String(line, StandardCharsets.ISO_8859_1);
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')');
        if (open < 2 || close < open) {
            return Optional.empty();
        }
        String[] fields = text.substring(Math.min(close + 2, text.length())).trim().split(" ");
        if (fields.length <= START_TICKS || fields[STATE].isEmpty()) {
            return Optional.empty();
        }
        try {
            int pid = Integer.parseInt(text.substring(0, open - 1));
            var identity = new ProcessIdentity(pid, Long.parseLong(fields[START_TICKS]));
            String comm = new String(line, open + 1, close - open - 1, StandardCharsets.UTF_8);
            return Optional.of(
                    new ProcStat(identity, comm, fields[STATE].charAt(0), Integer.parseInt(fields[PARENT])));
        } catch (NumberFormatException notStat) {
            return Optional.empty();
        }
    }

    boolean isZombie() {
        return state == 'Z' || state == 'X';
    }
}
