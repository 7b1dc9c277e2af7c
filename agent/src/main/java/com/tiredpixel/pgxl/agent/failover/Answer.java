package com.tiredpixel.pgxl.agent.failover;

import static com.tiredpixel.pgxl.agent.sql.Fields.text;
import static com.tiredpixel.pgxl.agent.sql.Fields.truth;

import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import com.tiredpixel.pgxl.agent.sql.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a server answers, to the questions here. A line that is none of theirs is passed over.
 *
 * @param self who it is; nothing if it did not say
 * @param nodes its {@code pgxc_node}
 */
record Answer(Optional<Self> self, List<ClusterNode> nodes) {
    private static final int TIMELINE_DIGITS = 8;

    /** @param ninePointFive whether the servers are of 9.5, which has other names and does not tell its identifier */
    static List<String> questions(boolean ninePointFive) {
        // In recovery the position may not be asked for, and an error would stand in the server's log.
        return List.of(
                "SELECT 'SELF', " + Fields.hex("pgxc_node_str()") + ", pg_is_in_recovery(),"
                        + " extract(epoch FROM pg_postmaster_start_time()), CASE WHEN pg_is_in_recovery() THEN NULL ELSE "
                        + (ninePointFive ? "pg_xlogfile_name(pg_current_xlog_location()) END, NULL"
                                : "pg_walfile_name(pg_current_wal_lsn()) END, (pg_control_system()).system_identifier"),
                ClusterNode.QUESTION);
    }

    static Answer parse(String said) {
        Optional<Self> self = Optional.empty();
        var nodes = new ArrayList<ClusterNode>();
        for (String line : said.split("\n")) {
            String[] field = line.split("\\|", -1);
            try {
                switch (field[0] + field.length) {
                    case "SELF6" -> self = Optional.of(new Self(
                            text(field[1]), truth(field[2]), timeline(field[4]), number(field[5], 10), field[3]));
                    case "NODE6" -> nodes.add(ClusterNode.parse(field));
                    default -> {
                    }
                }
            } catch (IllegalArgumentException noneOfOurs) {
                // As a line that is missing.
            }
        }
        return new Answer(self, List.copyOf(nodes));
    }

    /** The name of a WAL file begins with it. */
    private static OptionalLong timeline(String file) {
        return file.length() < TIMELINE_DIGITS ? OptionalLong.empty() : number(file.substring(0, TIMELINE_DIGITS), 16);
    }

    private static OptionalLong number(String text, int radix) {
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text, radix));
    }
}
