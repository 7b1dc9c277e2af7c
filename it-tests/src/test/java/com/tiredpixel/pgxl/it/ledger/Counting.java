package com.tiredpixel.pgxl.it.ledger;

import com.tiredpixel.pgxl.it.Node;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Clients of both coordinators that take transaction ids and values of a sequence, and note which came twice. */
final class Counting implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final LedgerCluster cluster;
    private final Numbers numbers = new Numbers();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong highest = new AtomicLong();
    private volatile boolean over;

    Counting(LedgerCluster cluster, int clients) throws SQLException {
        this.cluster = cluster;
        try (Session session = cluster.session(LedgerCluster.COORD1)) {
            session.run("DROP SEQUENCE IF EXISTS counting", "CREATE SEQUENCE counting");
        }
        for (int i = 0; i < clients; i++) {
            int client = i;
            var thread = new Thread(() -> count(client), "counting-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private void count(int client) {
        Node coordinator = client % 2 == 0 ? LedgerCluster.COORD1 : LedgerCluster.COORD2;
        while (!over) {
            try (Session session = cluster.session(coordinator, ANSWER)) {
                while (!over) {
                    if (client < 2) {
                        numbers.value(session.value("SELECT nextval('counting')"));
                    } else {
                        String id = session.value("SELECT txid_current()");
                        numbers.id(id);
                        highest.accumulateAndGet(Long.parseLong(id), Math::max);
                    }
                }
            } catch (SQLException e) {
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        }
    }

    int ids() {
        return numbers.ids();
    }

    long highest() {
        return highest.get();
    }

    int values() {
        return numbers.values();
    }

    List<String> twice() {
        return numbers.twice();
    }

    @Override
    public void close() {
        end();
    }

    /** What is noted afterwards is all. */
    void end() {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join(ANSWER.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
