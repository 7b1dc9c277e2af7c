package com.tiredpixel.pgxl.it.ledger;

import com.tiredpixel.pgxl.it.Node;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finishes transactions that are in doubt, for the tests: if one participant has committed it commits the rest, otherwise
 * it rolls back; it never guesses. Whoever does not answer makes it wait.
 */
public final class Resolver implements AutoCloseable {
    private static final Pattern IMPLICIT = Pattern.compile("_\\$XC\\$(\\d+):([^:]+):([TF]):(\\d+):(\\d+):(.*)");
    /** On a quiet cluster none would have to be old; under load a sound transaction is prepared for milliseconds. */
    private static final int SECONDS_OLD = 10;
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private enum Word { PREPARED, COMMITTED, ABORTED, NEVER, RUNNING }

    private final LedgerCluster cluster;
    private final List<String> torn = new CopyOnWriteArrayList<>();
    private final AtomicInteger committed = new AtomicInteger();
    private final AtomicInteger rolledBack = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "resolver");
    private final Map<String, Node> byId = new TreeMap<>();
    private volatile boolean over;

    /** Begins to look every few seconds. */
    public Resolver(LedgerCluster cluster) throws SQLException {
        this.cluster = cluster;
        try (Session session = cluster.session(LedgerCluster.COORD1)) {
            for (Node node : LedgerCluster.SERVERS) {
                byId.put(session.value("SELECT node_id FROM pgxc_node WHERE node_name = '" + node.name() + "'"), node);
            }
        }
        thread.setDaemon(true);
        thread.start();
    }

    /** @return transactions of which one participant has committed and another has not and never will */
    public List<String> torn() {
        return List.copyOf(torn);
    }

    /** Makes room for the next round. */
    void dropTorn() throws SQLException {
        for (var candidate : candidates(0).entrySet()) {
            for (Node node : torn.contains(candidate.getKey()) ? candidate.getValue() : List.<Node>of()) {
                try (Session session = cluster.session(node, ANSWER)) {
                    session.run("ROLLBACK PREPARED '" + candidate.getKey() + "'");
                }
            }
        }
        torn.clear();
    }

    /** @return how many were finished, for a report */
    public String counts() {
        return committed + " in doubt committed, " + rolledBack + " rolled back";
    }

    /** Waits until nothing is in doubt, while no client is at work. */
    void resolveAll(Duration deadline) throws SQLException {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            try {
                look(1);
                if (torn.containsAll(candidates(0).keySet())) {
                    return;
                }
            } catch (SQLException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("in doubt after " + deadline.toSeconds() + " s: " + candidates(0).keySet());
            }
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }

    private void run() {
        while (!over) {
            try {
                look(SECONDS_OLD);
            } catch (SQLException e) {
                // A node does not answer: later.
            }
            LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        }
    }

    /** @return the ones that are left */
    private synchronized List<String> look(int secondsOld) throws SQLException {
        var left = new ArrayList<String>();
        for (var candidate : candidates(secondsOld).entrySet()) {
            Matcher gid = IMPLICIT.matcher(candidate.getKey());
            if (torn.contains(candidate.getKey()) || !gid.matches()) {
                continue;
            }
            if (!finish(gid)) {
                left.add(candidate.getKey());
            }
        }
        return left;
    }

    /** Of all nodes, each asked directly; if one does not answer there is no list. */
    private Map<String, List<Node>> candidates(int secondsOld) throws SQLException {
        var all = new LinkedHashMap<String, List<Node>>();
        for (Node node : LedgerCluster.SERVERS) {
            try (Session session = cluster.session(node, ANSWER)) {
                session.rows("SELECT gid FROM pg_prepared_xacts WHERE gid LIKE '\\_$XC$%'"
                        + " AND prepared < now() - interval '" + secondsOld + " s'")
                        .forEach(gid -> all.computeIfAbsent(gid, none -> new ArrayList<>()).add(node));
            }
        }
        return all;
    }

    private boolean finish(Matcher gid) throws SQLException {
        Node coordinator = LedgerCluster.SERVERS.stream().filter(node -> node.name().equals(gid.group(2))).findFirst()
                .orElseThrow();
        var participants = new ArrayList<Node>();
        for (String id : gid.group(6).split(":")) {
            participants.add(byId.get(id));
        }
        if (gid.group(3).equals("T")) {
            participants.add(coordinator);
        }
        if (participants.contains(null) || isAtIt(coordinator, gid)) {
            return false;
        }
        Map<Node, Word> first = words(participants, gid);
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        if (first.containsValue(Word.RUNNING) || !first.equals(words(participants, gid)) || isAtIt(coordinator, gid)) {
            return false;
        }
        boolean commit = first.containsValue(Word.COMMITTED);
        if (commit && (first.containsValue(Word.ABORTED) || first.containsValue(Word.NEVER))) {
            torn.add(gid.group());
            System.out.println("TORN " + gid.group() + " " + first);
            return true;
        }
        for (var one : first.entrySet()) {
            if (one.getValue() == Word.PREPARED) {
                try (Session session = cluster.session(one.getKey(), ANSWER)) {
                    if (one.getKey().equals(coordinator)) {
                        session.run("SET xc_maintenance_mode = on");
                    }
                    session.run((commit ? "COMMIT" : "ROLLBACK") + " PREPARED '" + gid.group() + "'");
                }
            }
        }
        System.out.println("RESOLVED " + gid.group() + " " + first + (commit ? ": commit" : ": roll back"));
        (commit ? committed : rolledBack).incrementAndGet();
        return true;
    }

    /** Whether its coordinator still knows it as running, or somebody is just finishing it. */
    private boolean isAtIt(Node coordinator, Matcher gid) throws SQLException {
        try (Session session = cluster.session(coordinator, ANSWER)) {
            if (!session.value("SELECT count(*) FROM pg_stat_activity WHERE backend_xid = '" + gid.group(1) + "'")
                    .equals("0")) {
                return true;
            }
        }
        for (Node node : List.of(LedgerCluster.DATA1, LedgerCluster.DATA2)) {
            try (Session session = cluster.session(node, ANSWER)) {
                if (!session.value("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <>"
                        + " pg_backend_pid() AND query LIKE '%" + gid.group(1) + ":%'").equals("0")) {
                    return true;
                }
            }
        }
        return false;
    }

    private Map<Node, Word> words(List<Node> participants, Matcher gid) throws SQLException {
        var words = new LinkedHashMap<Node, Word>();
        for (Node node : participants) {
            try (Session session = cluster.session(node, ANSWER)) {
                String xid = "('" + gid.group(1) + "'::xid)";
                words.put(node, word(
                        session.value("SELECT count(*) FROM pg_prepared_xacts WHERE gid = '" + gid.group() + "'"),
                        session.value("SELECT pgxc_is_committed" + xid),
                        session.value("SELECT pgxc_is_inprogress" + xid)));
            }
        }
        return words;
    }

    private static Word word(String prepared, String committed, String inProgress) {
        if (!prepared.equals("0")) {
            return Word.PREPARED;
        }
        return switch (committed) {
            case "t" -> Word.COMMITTED;
            case "f" -> Word.ABORTED;
            default -> inProgress.equals("t") ? Word.RUNNING : Word.NEVER;
        };
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join(60_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
