package com.tiredpixel.pgxl.it.ledger;

import com.tiredpixel.pgxl.it.Node;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * Looks at what coordinators have left prepared, each node asked directly, and ends nothing: the agents beside the
 * coordinators do that, or nobody.
 */
public final class Observer {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    /** As the agents log it. */
    private static final Pattern TORN = Pattern.compile("in-doubt: (_\\$XC\\$\\S+) of .*: torn, and stays so");

    private final LedgerCluster cluster;
    private Duration longest = Duration.ZERO;

    public Observer(LedgerCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Waits, while no client is at work, until nothing is in doubt but what no rule can mend.
     *
     * @throws AssertionError at the deadline, with what is in doubt and where
     */
    void awaitNothing(Duration deadline) {
        long start = System.nanoTime();
        String left;
        do {
            try {
                Map<String, List<String>> prepared = prepared();
                if (prepared.isEmpty() || torn().containsAll(prepared.keySet())) {
                    Duration took = Duration.ofNanos(System.nanoTime() - start);
                    longest = took.compareTo(longest) > 0 ? took : longest;
                    return;
                }
                left = prepared.toString();
            } catch (SQLException e) {
                left = "unknown, because not every node answers: " + e.getMessage();
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        } while (System.nanoTime() - start < deadline.toNanos());
        throw new AssertionError("in doubt after " + deadline.toSeconds() + " s: " + left);
    }

    /** Of all nodes; if one does not answer there is no list. */
    private Map<String, List<String>> prepared() throws SQLException {
        var prepared = new TreeMap<String, List<String>>();
        for (Node node : LedgerCluster.SERVERS) {
            try (Session session = cluster.session(node, ANSWER)) {
                session.rows("SELECT gid FROM pg_prepared_xacts WHERE gid LIKE '\\_$XC$%'")
                        .forEach(gid -> prepared.computeIfAbsent(gid, none -> new ArrayList<>()).add(node.name()));
            }
        }
        return prepared;
    }

    /** @return transactions that are prepared, and of which the agents say that one participant has lost its part */
    List<String> torn() throws SQLException {
        var said = new TreeSet<String>();
        for (Node coordinator : LedgerCluster.COORDINATORS) {
            TORN.matcher(cluster.sandbox(coordinator).log().text()).results().forEach(line -> said.add(line.group(1)));
        }
        if (!said.isEmpty()) {
            said.retainAll(prepared().keySet());
        }
        return List.copyOf(said);
    }

    /** Makes room for the next round. */
    void dropTorn() throws SQLException {
        for (String gid : torn()) {
            for (Node node : LedgerCluster.SERVERS) {
                if (prepared().getOrDefault(gid, List.of()).contains(node.name())) {
                    try (Session session = cluster.session(node, ANSWER)) {
                        session.run("SET xc_maintenance_mode = on", "ROLLBACK PREPARED '" + gid + "'");
                    }
                }
            }
        }
    }

    /** @return what the agents say that they have done, for a report */
    public String counts() {
        return said("committed; they said") + " in doubt committed, " + said("rolled back; they said")
                + " rolled back, " + said("\\S.*, but not everywhere: .*") + " failed; nothing in doubt after at most "
                + longest.toSeconds() + " s of quiet";
    }

    private int said(String what) {
        return LedgerCluster.COORDINATORS.stream()
                .mapToInt(node -> cluster.sandbox(node).log().lines(0, "in-doubt: _\\$XC\\$.* s ago: " + what).size())
                .sum();
    }
}
