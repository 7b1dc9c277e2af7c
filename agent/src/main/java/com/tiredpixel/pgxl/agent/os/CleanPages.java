package com.tiredpixel.pgxl.agent.os;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The pages of the JVM's own program and class data, as {@code /proc/self/smaps} lists them, proc(5). They are read
 * from files and never written, so the process may let go of them at any time: those that it uses again come back
 * from the page cache, sixteen at a time, and those that only the start needed do not.
 */
final class CleanPages {
    /**
     * One mapping.
     *
     * @param start address
     * @param length in bytes
     */
    record Range(long start, long length) {
    }

    private CleanPages() {
    }

    /**
     * Only what the JVM maps before the first line of Java runs and never again: a library in the middle of being
     * loaded looks clean for a moment.
     */
    private static boolean isFixed(String permissions, String path) {
        boolean readOnly = permissions.indexOf('w') < 0;
        return readOnly
                && (path.endsWith("/libjvm.so") || path.endsWith(".jsa") || path.endsWith("/lib/modules"));
    }

    /** @return mappings without a page of their own, which is what a private mapping has once it was written to */
    static List<Range> in(BufferedReader smaps) throws IOException {
        List<Range> clean = new ArrayList<>();
        Range candidate = null;
        for (String line = smaps.readLine(); line != null; line = smaps.readLine()) {
            if (isHead(line)) {
                candidate = range(line);
            } else if (candidate != null && line.startsWith("Anonymous:")) {
                if (line.endsWith(" 0 kB")) {
                    clean.add(candidate);
                }
                candidate = null;
            }
        }
        return clean;
    }

    /** The other lines begin with a name in capitals. */
    private static boolean isHead(String line) {
        char first = line.isEmpty() ? 'X' : line.charAt(0);
        return first >= '0' && first <= '9' || first >= 'a' && first <= 'f';
    }

    /** @return null if it is none of ours */
    private static Range range(String head) {
        int path = head.indexOf('/');
        int dash = head.indexOf('-');
        int blank = head.indexOf(' ');
        if (path < 0 || dash < 0 || blank < dash || !isFixed(head.substring(blank + 1, blank + 5), head.substring(path))) {
            return null;
        }
        long start = Long.parseUnsignedLong(head, 0, dash, 16);
        return new Range(start, Long.parseUnsignedLong(head, dash + 1, blank, 16) - start);
    }
}
