package com.tiredpixel.pgxl.it.ledger;

import static com.tiredpixel.pgxl.it.ledger.LedgerCluster.COORD1;
import static com.tiredpixel.pgxl.it.ledger.LedgerCluster.COORD2;
import static com.tiredpixel.pgxl.it.ledger.LedgerCluster.DATA1;
import static com.tiredpixel.pgxl.it.ledger.LedgerCluster.DATA2;
import static com.tiredpixel.pgxl.it.ledger.LedgerCluster.GTM;
import static com.tiredpixel.pgxl.it.ledger.LedgerCluster.GTM_SLAVE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.OnStage;
import com.tiredpixel.pgxl.it.Pgxl;
import com.tiredpixel.pgxl.it.Places;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What Postgres-XL does without the mends of {@code image/mends}, each in a few steps that show it every time. Without
 * them all but the last two of these fail.
 */
@OnStage
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsistencyIT {
    /** A cluster monitor reports its oldest transaction every 5 s. */
    private static final int REPORT_SECONDS = 14;

    private Stage stage;
    private LedgerCluster cluster;

    @BeforeAll
    void start() {
        assumeTrue(Places.realPostgresXl(), () -> {
            String reason = "it is about a real Postgres-XL, and there is none under PGXL_PREFIX";
            System.out.println("SKIPPED ConsistencyIT: " + reason);
            return reason;
        });
        stage = new Stage(Places.WORK.resolve("ConsistencyIT-" + ProcessHandle.current().pid()));
        cluster = LedgerCluster.start(stage);
    }

    @AfterAll
    void clear() {
        if (stage != null) {
            stage.close();
        }
    }

    @BeforeEach
    void makeATable() throws SQLException {
        try (Session session = cluster.session(COORD1)) {
            session.run("DROP TABLE IF EXISTS t", "CREATE TABLE t (k int PRIMARY KEY, v int) DISTRIBUTE BY MODULO (k)",
                    "INSERT INTO t SELECT i, 0 FROM generate_series(0, 19) i");
        }
    }

    /** What a failed test leaves in doubt would block the next. */
    @AfterEach
    void finishWhatIsInDoubt() throws SQLException {
        cluster.awaitService();
        for (Node node : List.of(DATA1, DATA2)) {
            try (Session session = cluster.session(node)) {
                for (String gid : session.rows("SELECT gid FROM pg_prepared_xacts")) {
                    session.run("ROLLBACK PREPARED '" + gid + "'");
                }
            }
        }
    }

    @Test
    void anOpenTransactionSurvivesTheCrashOfGtmAndAReader() throws SQLException {
        openTransactionOver(() -> crash(GTM));
    }

    @Test
    void anOpenTransactionSurvivesTheRestartOfGtmAndAReader() throws SQLException {
        openTransactionOver(this::restartGtm);
    }

    private void openTransactionOver(Runnable deed) throws SQLException {
        try (Session session = cluster.session(COORD1).begin()) {
            session.run("INSERT INTO t SELECT i, 1 FROM generate_series(100, 119) i",
                    "UPDATE t SET v = v + 100 WHERE k < 20");
            deed.run();
            assertEquals("20|0", cluster.ask(COORD2, "SELECT count(*), sum(v) FROM t"));
            session.commit();
        }
        for (Node coordinator : List.of(COORD1, COORD2)) {
            assertEquals("40|2020", cluster.ask(coordinator, "SELECT count(*), sum(v) FROM t"));
        }
    }

    @Test
    void aReaderOfOneDatanodeTakesNoHalfOfATransactionAway() throws SQLException {
        try (Session session = cluster.session(COORD1).begin()) {
            session.run("UPDATE t SET v = v + 1 WHERE k = 0", "UPDATE t SET v = v - 1 WHERE k = 1");
            restartGtm();
            cluster.ask(COORD2, "EXECUTE DIRECT ON (data1) 'SELECT sum(v) FROM t'");
            session.commit();
        }
        assertEquals("20|0|1|-1", cluster.ask(COORD2, "SELECT count(*), sum(v), max(v), min(v) FROM t"));
    }

    @Test
    void aBackendThatDiesBeforeCommitMakesItAnErrorAndLeavesNothingInDoubt() throws SQLException {
        try (Session session = cluster.session(COORD1).begin()) {
            session.run("UPDATE t SET v = v + 1 WHERE k = 0", "UPDATE t SET v = v - 1 WHERE k = 1");
            String pid = cluster.ask(DATA2, "SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction'");
            cluster.sandbox(DATA2).exec("root", "kill -9 " + pid).orFail();
            cluster.awaitService();
            assertThrows(SQLException.class, session::commit);
        }
        assertEquals("20|0|0", cluster.ask(COORD2, "SELECT count(*), max(v), min(v) FROM t"));
        for (Node node : List.of(DATA1, DATA2)) {
            assertEquals("0", cluster.ask(node, "SELECT count(*) FROM pg_prepared_xacts"), node.name());
        }
    }

    /** A cursor that is closed early hides the error from the coordinator; no server has to die. */
    @Test
    void aNodeThatHasFailedUnnoticedMakesCommitAnError() throws SQLException {
        try (Session session = cluster.session(COORD1).begin()) {
            session.run("UPDATE t SET v = 5 WHERE k = 0",
                    "DECLARE c CURSOR FOR SELECT k, 1 / (k - 18) FROM t WHERE k % 2 = 0", "FETCH 1 FROM c", "CLOSE c");
            assertThrows(SQLException.class, session::commit);
        }
        assertEquals("0", cluster.ask(COORD2, "SELECT max(v) FROM t"));
    }

    @Test
    void anOlderTransactionEndsNoDatanodeAfterTheCrashOfGtm() throws SQLException {
        int mark = cluster.sandbox(DATA2).log().mark();
        try (Session session = cluster.session(COORD1).begin()) {
            session.run("UPDATE t SET v = v + 1 WHERE k = 0");
            crash(GTM);
            pause(REPORT_SECONDS);
            session.run("UPDATE t SET v = v - 1 WHERE k = 1");
            pause(REPORT_SECONDS);
            session.commit();
        }
        assertEquals("0|1|-1", cluster.ask(COORD2, "SELECT sum(v), max(v), min(v) FROM t"));
        assertEquals(List.of(), cluster.sandbox(DATA2).log().states(mark, DATA2));
    }

    @Test
    void aSmallSequenceGoesOnWhereItWasAfterTheCrashOfGtm() throws SQLException {
        try (Session session = cluster.session(COORD1)) {
            session.run("CREATE SEQUENCE small MAXVALUE 500");
            assertEquals("1", session.value("SELECT nextval('small')"));
            for (int i = 0; i < 2300; i++) {
                session.run("SELECT txid_current()");
            }
        }
        crash(GTM);
        assertEquals("2", cluster.ask(COORD1, "SELECT nextval('small')"));
        cluster.ask(COORD1, "SELECT setval('small', 7)");
        crash(GTM);
        assertEquals("8", cluster.ask(COORD2, "SELECT nextval('small')"));
    }

    @Test
    void theControlFileIsWholeAtAnyTime() throws Exception {
        int looks = 0;
        try (var clients = new Counting(cluster, 8)) {
            for (long end = System.nanoTime() + Duration.ofSeconds(20).toNanos(); System.nanoTime() < end; looks++) {
                ControlFile.assertWhole(cluster, looks);
                LockSupport.parkNanos(500_000);
            }
            assertTrue(clients.ids() > 4000, clients.ids() + " transactions: two restore points at the least");
        }
        System.out.println("MEASURED " + looks + " looks at gtm.control, whole each time");
    }

    @Test
    void idsAndValuesNeverComeTwiceOverCrashesOfGtm() throws Exception {
        try (var clients = new Counting(cluster, 6)) {
            for (int i = 0; i < 4; i++) {
                pause(3);
                crash(GTM);
            }
            clients.end();
            System.out.println("MEASURED " + clients.ids() + " transaction ids and " + clients.values()
                    + " values of a sequence over 4 crashes of GTM, " + clients.twice() + " twice");
            assertTrue(clients.ids() > 0 && clients.values() > 0);
            assertEquals(List.of(), clients.twice());
        }
    }

    /** Without the mend a session that is new to GTM waits until the slave is thawed. */
    @Test
    void aFrozenGtmSlaveIsWaitedForOnce() throws SQLException {
        cluster.withSlave();
        Sandbox slave = cluster.sandbox(GTM_SLAVE);
        int pid = slave.nodePid(GTM_SLAVE).orElseThrow();
        slave.exec("root", "kill -STOP " + pid).orFail();
        try {
            for (int i = 0; i < 3; i++) {
                try (Session session = cluster.session(COORD1, Duration.ofSeconds(20))) {
                    session.run("UPDATE t SET v = v + 1");
                }
            }
        } finally {
            slave.exec("root", "kill -CONT " + pid).orFail();
        }
        assertEquals("3", cluster.ask(COORD2, "SELECT max(v) FROM t"));
        // It is back by a restart, with what it has missed.
        new Pgxl(slave).run("restart", GTM_SLAVE.directory()).orFail();
        assertEquals("3", cluster.ask(COORD1, "SELECT max(v) FROM t"));
        cluster.awaitFollowing();
        slave.stop(Duration.ofSeconds(30));
        cluster.awaitService();
    }

    /** Passes without the mends. Each transaction in doubt keeps a slot, and each commit over two datanodes needs one. */
    @Test
    void transactionsInDoubtLeaveNoRoomForOthersInTenSlotsAndDoInTwoHundredAndFifty() throws SQLException {
        prepareTen();
        updateBoth();
        finishWhatIsInDoubt();

        setSlots(DATA1, 10);
        prepareTen();
        SQLException full = assertThrows(SQLException.class, this::updateBoth);
        assertTrue(full.getMessage().contains("maximum number of prepared transactions reached"), full.getMessage());
        finishWhatIsInDoubt();
        setSlots(DATA1, 250);
    }

    /** On the datanode itself: who has prepared them does not matter. */
    private void prepareTen() throws SQLException {
        for (int i = 0; i < 10; i++) {
            try (Session session = cluster.session(DATA1)) {
                session.run("BEGIN", "SELECT txid_current()", "PREPARE TRANSACTION 'slot " + i + "'");
            }
        }
    }

    private void updateBoth() throws SQLException {
        try (Session session = cluster.session(COORD1).begin()) {
            session.run("UPDATE t SET v = v + 1 WHERE k = 0", "UPDATE t SET v = v - 1 WHERE k = 1");
            session.commit();
        }
    }

    private void setSlots(Node node, int slots) {
        cluster.sandbox(node).exec("postgres", "echo 'max_prepared_transactions = " + slots + "' >>" + node.path()
                + "/postgresql.conf").orFail();
        new Pgxl(cluster.sandbox(node)).run("restart", node.directory()).orFail();
        cluster.awaitService();
    }

    /** Passes without the mends: the test's own tools see a commit that is none. */
    @Test
    void aCommitThatIsAnsweredWithRollbackIsNoCommit() throws SQLException {
        try (Session session = cluster.session(COORD1).begin()) {
            assertThrows(SQLException.class, () -> session.run("SELECT 1 / 0"));
            assertThrows(SQLException.class, session::commit);
        }
    }

    private void crash(Node node) {
        Sandbox sandbox = cluster.sandbox(node);
        int mark = sandbox.log().mark();
        sandbox.exec("root", "kill -9 " + sandbox.nodePid(node).orElseThrow()).orFail();
        sandbox.log().awaitState(mark, node, "RUNNING");
    }

    private void restartGtm() {
        new Pgxl(cluster.sandbox(GTM)).run("restart", GTM.directory()).orFail();
    }

    private static void pause(int seconds) {
        Await.stays(Duration.ofSeconds(seconds), "a pause", () -> true);
    }
}
