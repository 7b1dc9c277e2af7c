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
 * acknowledged if its COMMIT was answered COMMIT. Each is told its id and a value of a sequence, which never come twice.
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
    private final Numbers numbers = new Numbers();
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
                    "INSERT INTO counters SELECT i, 0 FROM generate_series(0, " + (2 * COUNTERS - 1) + ") i",
                    "CREATE SEQUENCE taken CACHE 3");
        }
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            begin("client-" + i, () -> write(client));
        }
        for (Node coordinator : LedgerCluster.COORDINATORS) {
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
            take(session.begin());
            session.run("INSERT INTO ledger VALUES (0, " + id + ")", "INSERT INTO ledger VALUES (1, " + id + ")",
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

    /** Has a session that is in a transaction told its id and a value of the sequence. */
    public void take(Session session) throws SQLException {
        String[] told = session.value("SELECT nextval('taken'), txid_current()").split("\\|");
        numbers.value(told[0]);
        numbers.id(told[1]);
    }

    /** @return how many numbers were told, for a report */
    public String numbers() {
        return numbers.ids() + " transaction ids and " + numbers.values() + " values of a sequence";
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
     * Halts the clients between two transactions, waits until nothing is in doubt, and looks; then the ledger begins anew.
     * Every row is updated before it is read: what a reader has left behind counts then, too.
     */
    public Books audit(Observer observer) throws SQLException {
        return audit(observer, LedgerCluster.PATIENCE);
    }

    /** @param deadline for whatever is in doubt */
    public Books audit(Observer observer, Duration deadline) throws SQLException {
        quiet.writeLock().lock();
        try {
            observer.awaitNothing(deadline);
            try (Session session = cluster.session(LedgerCluster.COORD1)) {
                session.run("SET lock_timeout = '30s'", "UPDATE counters SET v = v");
            }
            Books books = look(observer);
            for (int i = 0; i < LOOKS && !books.balance(); i++) {
                // A backend whose client has gone may be in the middle of its commit.
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                observer.awaitNothing(deadline);
                books = look(observer);
            }
            books = books.with(numbers.takeTwice());
            tell(books);
            observer.dropTorn();
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

    private Books look(Observer observer) throws SQLException {
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
                    plus - both.size(), observer.torn(), List.of());
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
