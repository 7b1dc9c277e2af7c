package com.tiredpixel.pgxl.it;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The command line of {@code psql} that runs statements and stops at the first that fails. */
final class Psql {
    private Psql() {
    }

    /**
     * Several statements come by standard input: of several {@code -c} the {@code psql} of 9.5 heeds the last alone.
     *
     * @param program path or name of {@code psql}
     * @param more options, such as {@code -h} and an address
     */
    static List<String> line(String program, List<String> more, String... statements) {
        var psql = new ArrayList<>(List.of(program, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", "postgres"));
        psql.addAll(more);
        if (statements.length == 1) {
            Collections.addAll(psql, "-c", statements[0]);
            return psql;
        }
        var line = new ArrayList<>(List.of("bash", "-c", "printf '%s;\\n' \"${@:" + (psql.size() + 1) + "}\" | \"${@:1:"
                + psql.size() + "}\"", "bash"));
        line.addAll(psql);
        Collections.addAll(line, statements);
        return line;
    }
}
