package com.tiredpixel.pgxl.agent.cluster.verify;

/** Names and texts in SQL. */
final class Sql {
    private Sql() {
    }

    static String name(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    static String text(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
