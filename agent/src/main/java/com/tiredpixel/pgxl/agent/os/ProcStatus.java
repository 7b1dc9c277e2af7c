package com.tiredpixel.pgxl.agent.os;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code /proc/PID/status} or {@code /proc/PID/task/TID/status}, {@code proc(5)}.
 *
 * @param fields name to value, blanks around the value removed
 */
record ProcStatus(Map<String, String> fields) {
    /** Some 1,500 bytes; a process of many groups has more. */
    private static final int MOST_BYTES = 16 * 1024;

    /** @return empty if the process is gone or the file is not what it should be */
    static Optional<ProcStatus> read(Path file) {
        return BoundedFiles.system().readOnce(file.toString(), MOST_BYTES)
                .flatMap(text -> parse(new String(text, StandardCharsets.ISO_8859_1)));
    }

    static Optional<ProcStatus> parse(String text) {
        Map<String, String> fields = new HashMap<>();
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).trim());
            }
        }
        var status = new ProcStatus(fields);
        try {
            status.threadGroup();
            status.effectiveUid();
            return Optional.of(status);
        } catch (RuntimeException incomplete) {
            return Optional.empty();
        }
    }

    /** @return the pid of the process that a thread belongs to */
    int threadGroup() {
        return Integer.parseInt(field("Tgid"));
    }

    int effectiveUid() {
        return ids("Uid")[1];
    }

    /** @return real, effective, saved and file system id, of {@code "Uid"} or {@code "Gid"} */
    int[] ids(String name) {
        String[] words = field(name).split("\\s+");
        int[] ids = new int[4];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Integer.parseUnsignedInt(words[i]);
        }
        return ids;
    }

    /** @return the supplementary groups */
    Set<Integer> groups() {
        Set<Integer> groups = new LinkedHashSet<>();
        for (String word : field("Groups").split("\\s+")) {
            if (!word.isEmpty()) {
                groups.add(Integer.parseUnsignedInt(word));
            }
        }
        return groups;
    }

    /** @return a mask such as {@code "SigBlk"} or {@code "CapEff"} */
    long mask(String name) {
        return Long.parseUnsignedLong(field(name), 16);
    }

    /** @return value of a field that every kernel from 4.10 on writes */
    String field(String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalStateException("no field " + name + " in a status file of /proc");
        }
        return value;
    }
}
