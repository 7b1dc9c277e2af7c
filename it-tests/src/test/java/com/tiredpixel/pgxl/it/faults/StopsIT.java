package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Kernel;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Places;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A stop of the container at any time: within the budget, and clean whenever PostgreSQL can be. */
@Faults
class StopsIT {
    private static final int TERM = 15;
    /** {@code PGXL_STOP_TIMEOUT} and the second that Docker leaves after it. */
    private static final Duration BUDGET = Duration.ofSeconds(10);
    private static final int[] MILLIS =
            Scale.isQuick() ? new int[] {10, 500, 2000} : new int[] {0, 10, 50, 100, 500, 1000, 2000, 5000};

    @Test
    void atAnyTimeAfterTheStart(Stage stage) {
        atAnyTime(stage, "stop 0 ms to 5 s after the start of a container", Cluster.volume(stage));
    }

    @Test
    void atAnyTimeOfARecovery(Stage stage) {
        atAnyTime(stage, "stop 0 ms to 5 s after the start, in crash recovery", crashedVolume(stage));
    }

    private static void atAnyTime(Stage stage, String fault, Path original) {
        try (var row = new Row(4, fault, StopsIT.class).opposite("`aKilledContainerIsNotClean`")) {
            for (int i = 0; i < Scale.times(1, 5); i++) {
                for (int millis : MILLIS) {
                    row.round(() -> {
                        Path volume = Cluster.copy(stage, original);
                        Sandbox sandbox = stage.sandbox("at" + millis, volume).start();
                        Await.until(Await.LONG, "blocked SIGTERM", () -> Kernel.blocks(sandbox.pid(), TERM));
                        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
                        stopCleanly(row, sandbox);
                        Cluster next = Cluster.start(stage, stage.sandbox("next", volume));
                        next.awaitRows(Cluster.COORDINATOR);
                        next.sandbox().kill();
                        next.sandbox().exitCode(Await.LONG);
                        Stage.deleteTree(volume);
                    });
                }
            }
        }
    }

    @Test
    void withAClientThatIsIdle(Stage stage) {
        withAClient(stage, "SELECT 1; SELECT pg_sleep(0)", "stop with an idle client", "idle");
    }

    @Test
    void withALongTransaction(Stage stage) {
        withAClient(stage, "BEGIN; INSERT INTO kept VALUES (-1); SELECT pg_sleep(300)", "stop in a long transaction", "active");
    }

    private void withAClient(Stage stage, String statement, String fault, String state) {
        try (var row = new Row(4, fault, StopsIT.class).opposite("`aKilledContainerIsNotClean`")) {
            for (int i = 0; i < Scale.times(1, 20); i++) {
                row.round(() -> {
                    Cluster cluster = Cluster.start(stage);
                    Node node = Cluster.COORDINATOR;
                    if (state.equals("idle")) {
                        cluster.operator().ssh().start("(echo 'SELECT 1;'; exec sleep 300) | psql -p " + node.port() + " -d postgres");
                    } else {
                        cluster.operator().startSql(node, statement);
                    }
                    cluster.operator().awaitSql(node, "t", "SELECT count(*) > 0 FROM pg_stat_activity WHERE state = '"
                            + state + "' AND pid <> pg_backend_pid()" + (state.equals("active")
                            ? " AND query LIKE '%pg_sleep%'" : " AND query LIKE 'SELECT 1%'"));
                    stopCleanly(row, cluster.sandbox());
                    assertEquals("shut down", cluster.controlState(Cluster.COORDINATOR));
                    assertEquals("shut down", cluster.controlState(Cluster.DATANODE));
                });
            }
        }
    }

    /** What may be under SIGSTOP when the stop comes: a child of a server, by its title, or the server itself. */
    private enum Victim {
        BACKEND(Cluster.COORDINATOR, "postgres: postgres postgres .*SELECT"),
        CHECKPOINTER(Cluster.DATANODE, "postgres: checkpointer"),
        POSTMASTER(Cluster.COORDINATOR, ""),
        GTM(Cluster.GTM, "");

        private final Node node;
        private final String title;

        Victim(Node node, String title) {
            this.node = node;
            this.title = title;
        }

        void stop(Cluster cluster) {
            int server = cluster.sandbox().nodePid(node).orElseThrow();
            cluster.sandbox().exec("root", "kill -STOP "
                    + (title.isEmpty() ? server : "$(pgrep -P " + server + " -f '" + title + "')")).orFail();
        }
    }

    @Test
    void withAProcessOfAServerUnderSigstop(Stage stage) {
        try (var row = new Row(4, "stop with a backend, a checkpointer, a postmaster, a GTM under SIGSTOP", StopsIT.class)
                .opposite("`aStoppedBackendKeepsAFastShutdownFromItsEnd`")) {
            for (int i = 0; i < Scale.times(1, 20); i++) {
                for (Victim victim : Victim.values()) {
                    row.round(() -> {
                        Cluster cluster = Cluster.start(stage);
                        startSleeper(cluster);
                        victim.stop(cluster);
                        stopCleanly(row, cluster.sandbox());
                        for (Node node : List.of(Cluster.COORDINATOR, Cluster.DATANODE)) {
                            assertEquals("shut down", cluster.controlState(node), victim + ", " + node.subject());
                        }
                    });
                }
            }
            row.note("the agent continues what is stopped");
        }
    }

    /** The negative control: PostgreSQL alone waits for a backend that cannot hear; the agent's stop then helps it. */
    @Test
    void aStoppedBackendKeepsAFastShutdownFromItsEnd(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.COORDINATOR;
        startSleeper(cluster);
        Victim.BACKEND.stop(cluster);
        assertEquals(1, cluster.operator().captured(
                "pg_ctl stop -w -t 3 -Z coordinator -D " + node.path() + " -m fast").code());
        assertEquals(0, cluster.sandbox().stop(BUDGET));
        assertEquals("shut down", cluster.controlState(node));
    }

    private static void startSleeper(Cluster cluster) {
        cluster.operator().startSql(Cluster.COORDINATOR, "SELECT pg_sleep(301)");
        cluster.operator().awaitSql(Cluster.COORDINATOR, "1",
                "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(301)'");
    }

    @Test
    void inPromotionAndInRestoreMode(Stage stage) {
        try (var row = new Row(4, "stop in the middle of a promotion, and of restore mode", StopsIT.class)
                .opposite("`aKilledContainerIsNotClean`")) {
            for (int i = 0; i < Scale.times(1, 20); i++) {
                row.round(() -> {
                    Cluster cluster = Cluster.start(stage);
                    Node standby = new Node(com.tiredpixel.pgxl.agent.node.Role.DATANODE, "data1", "data/slave", 15440);
                    Standby.make(cluster.operator(), standby);
                    cluster.operator().captured("pg_ctl start -w -Z datanode -D " + standby.path()).orFail();
                    cluster.operator().ssh().start("pg_ctl promote -Z datanode -D " + standby.path());
                    stopCleanly(row, cluster.sandbox());
                });
                // On the stand-in's command line --restoremode is an argument of -r, and so not seen for what it is.
                if (!Places.realPostgresXl()) {
                    row.note("restore mode only with a real Postgres-XL");
                    continue;
                }
                row.round(() -> {
                    Cluster cluster = Cluster.start(stage);
                    Node node = Node.coordinator(2);
                    cluster.operator().make(node);
                    cluster.operator().captured("pg_ctl start -w -Z restoremode -D " + node.path() + " -o '-i -b'").orFail();
                    stopCleanly(row, cluster.sandbox());
                    assertEquals("shut down", cluster.controlState(node));
                });
            }
        }
    }

    /** The negative control: what these tests would see of a stop that is none. */
    @Test
    void aKilledContainerIsNotClean(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        cluster.sandbox().kill();
        assertEquals(137, cluster.sandbox().exitCode(Await.LONG));
        assertEquals("in production", cluster.controlState(Cluster.COORDINATOR));
    }

    private static void stopCleanly(Row row, Sandbox sandbox) {
        long start = System.nanoTime();
        assertEquals(0, sandbox.stop(BUDGET));
        row.timed(start);
    }

    private static Path crashedVolume(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        cluster.operator().sql(cluster.keeper(Cluster.DATANODE), "CREATE TABLE lost AS SELECT generate_series(1, 20000) AS n").orFail();
        cluster.sandbox().kill();
        return cluster.sandbox().volume();
    }
}
