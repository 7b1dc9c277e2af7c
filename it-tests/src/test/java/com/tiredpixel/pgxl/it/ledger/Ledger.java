package com.tiredpixel.pgxl.it.ledger;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Node;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Clients of two coordinators. Each transaction writes a row of the ledger on both datanodes, and moves one unit from a
 * counter on one to a counter on the other; counters are few, so that clients wait for one another. Readers scan both
 * tables all the time, because it is readers that leave a wrong word about a transaction behind. A transaction counts as
 * acknowledged if its COMMIT was answered COMMIT.
 */
public final class Ledger implements AutoCloseable {
    private static final int CLIENTS = 8;
    private static final int COUNTERS = 4;
    /** A transaction that waits this long for a counter gives up. */
    private static final String LOCK_TIMEOUT = "5s";
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int LOOKS = 3;
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(3);
    private static final Duration BETWEEN_CONNECTIONS = Duration.ofMillis(200);

    private final LedgerCluster cluster;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong next = new AtomicLong();
    private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
    private final long[] lastOfClient = new long[CLIENTS];
    private final AtomicLong total = new AtomicLong();
    /** Clients hold it for a transaction, an audit for itself. */
    private final ReentrantReadWriteLock quiet = new ReentrantReadWriteLock(true);
    private volatile boolean over;

    /** Makes the tables and begins. */
    public Ledger(LedgerCluster cluster) throws SQLException {
        this.cluster = cluster;
        try (Session session = cluster.session(LedgerCluster.COORD1)) {
            session.run("CREATE TABLE ledger (half int, id bigint, PRIMARY KEY (half, id)) DISTRIBUTE BY MODULO (half)",
                    "CREATE TABLE counters (k int PRIMARY KEY, v bigint) DISTRIBUTE BY MODULO (k)",
                    "INSERT INTO counters SELECT i, 0 FROM generate_series(0, " + (2 * COUNTERS - 1) + ") i");
        }
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            begin("client-" + i, () -> write(client));
        }
        for (Node coordinator : List.of(LedgerCluster.COORD1, LedgerCluster.COORD2)) {
            begin("reader-" + coordinator.name(), () -> read(coordinator));
        }
        awaitCommits(LedgerCluster.PATIENCE);
    }

    private void begin(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    /** Waits until each client has been acknowledged a transaction that it began after this call. */
    public void awaitCommits(Duration deadline) {
        long now = next.get();
        Await.until(deadline, "commit of each of " + CLIENTS + " clients", () -> {
            synchronized (lastOfClient) {
                for (long last : lastOfClient) {
                    if (last <= now) {
                        return false;
                    }
                }
            }
            return true;
        });
    }

    /** @return how many transactions were acknowledged so far */
    public long acknowledged() {
        return total.get();
    }

    private void write(int client) {
        Node coordinator = client % 2 == 0 ? LedgerCluster.COORD1 : LedgerCluster.COORD2;
        while (!over) {
            try (Session session = cluster.session(coordinator, ANSWER)) {
                session.run("SET lock_timeout = '" + LOCK_TIMEOUT + "'");
                while (!over) {
                    transaction(session, client);
                }
            } catch (SQLException e) {
                // Thrown out, or not let in: that is what it is here for.
                LockSupport.parkNanos(BETWEEN_CONNECTIONS.toNanos());
            }
        }
    }

    private void transaction(Session session, int client) throws SQLException {
        quiet.readLock().lock();
        try {
            long id = next.incrementAndGet();
            var random = ThreadLocalRandom.current();
            session.begin().run("INSERT INTO ledger VALUES (0, " + id + ")", "INSERT INTO ledger VALUES (1, " + id + ")",
                    // Always in this order: no node knows of a deadlock over two of them.
                    "UPDATE counters SET v = v + 1 WHERE k = " + 2 * random.nextInt(COUNTERS),
                    "UPDATE counters SET v = v - 1 WHERE k = " + (2 * random.nextInt(COUNTERS) + 1));
            session.commit();
            acknowledged.add(id);
            total.incrementAndGet();
            synchronized (lastOfClient) {
                lastOfClient[client] = id;
            }
        } finally {
            quiet.readLock().unlock();
        }
    }

    private void read(Node coordinator) {
        while (!over) {
            try (Session session = cluster.session(coordinator, ANSWER)) {
                while (!over) {
                    session.rows("SELECT count(*), sum(v) FROM counters");
                    session.rows("SELECT count(*) FROM ledger");
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
            } catch (SQLException e) {
                LockSupport.parkNanos(BETWEEN_CONNECTIONS.toNanos());
            }
        }
    }

    /**
     * Halts the clients between two transactions, has what is in doubt resolved, and looks; then the ledger begins anew.
     * Every row is updated before it is read: what a reader has left behind counts then, too.
     */
    public Books audit(Resolver resolver) throws SQLException {
        quiet.writeLock().lock();
        try {
            resolver.resolveAll(LedgerCluster.PATIENCE);
            try (Session session = cluster.session(LedgerCluster.COORD1)) {
                session.run("SET lock_timeout = '30s'", "UPDATE counters SET v = v");
            }
            Books books = look(resolver);
            for (int i = 0; i < LOOKS && !books.balance(); i++) {
                // A backend whose client has gone may be in the middle of its commit.
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                resolver.resolveAll(LedgerCluster.PATIENCE);
                books = look(resolver);
            }
            tell(books);
            resolver.dropTorn();
            try (Session session = cluster.session(LedgerCluster.COORD1)) {
                session.run("DELETE FROM ledger", "UPDATE counters SET v = 0");
            }
            acknowledged.clear();
            return books;
        } finally {
            quiet.writeLock().unlock();
        }
    }

    /** Of each half: which transaction wrote it, and what each datanode knows of that one. */
    private void tell(Books books) throws SQLException {
        for (long id : books.halves()) {
            for (Node node : List.of(LedgerCluster.DATA1, LedgerCluster.DATA2)) {
                try (Session session = cluster.session(node)) {
                    for (String xmin : session.rows("SELECT xmin FROM ledger WHERE id = " + id)) {
                        System.out.println("HALF " + id + " is on " + node.name() + ", written by " + xmin + "; "
                                + LedgerCluster.DATA1.name() + " " + known(LedgerCluster.DATA1, xmin) + ", "
                                + LedgerCluster.DATA2.name() + " " + known(LedgerCluster.DATA2, xmin)
                                + (acknowledged.contains(id) ? ", acknowledged" : ""));
                    }
                }
            }
        }
    }

    private String known(Node node, String xid) {
        return "committed " + cluster.ask(node, "SELECT pgxc_is_committed('" + xid + "'::xid)")
                + " in progress " + cluster.ask(node, "SELECT pgxc_is_inprogress('" + xid + "'::xid)");
    }

    private Books look(Resolver resolver) throws SQLException {
        try (Session session = cluster.session(LedgerCluster.COORD2)) {
            Set<Long> left = halves(session, 0);
            Set<Long> right = halves(session, 1);
            var both = new TreeSet<>(left);
            both.retainAll(right);
            var lost = new TreeSet<>(acknowledged);
            lost.removeAll(both);
            var odd = new TreeSet<>(left);
            odd.addAll(right);
            odd.removeAll(both);
            long plus = Long.parseLong(session.value("SELECT sum(v) FROM counters WHERE k % 2 = 0"));
            long minus = Long.parseLong(session.value("SELECT sum(v) FROM counters WHERE k % 2 = 1"));
            return new Books(acknowledged.size(), List.copyOf(lost), List.copyOf(odd), plus + minus,
                    plus - both.size(), resolver.torn());
        }
    }

    private static Set<Long> halves(Session session, int half) throws SQLException {
        var ids = new TreeSet<Long>();
        session.rows("SELECT id FROM ledger WHERE half = " + half).forEach(row -> ids.add(Long.valueOf(row)));
        return ids;
    }

    @Override
    public void close() {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join(ANSWER.toMillis() + 10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
