package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an operator does with {@code pgxl}, and what comes of it. */
@OnStage
class SteeringIT {
    private static final Duration LONG_ENOUGH_TO_RESTART = Duration.ofSeconds(4);

    @Test
    void aNodeIsStoppedStartedAndRestartedByName(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        for (Node node : Cluster.NODES.stream().sorted((a, b) -> b.role().compareTo(a.role())).toList()) {
            int before = sandbox.nodePid(node).orElseThrow();
            assertEquals(node.name() + ": is down", pgxl.run("stop", node.name()).orFail().text());
            Await.stays(Duration.ofSeconds(1), node.name() + " down", () -> sandbox.nodePid(node).isEmpty());
            assertTrue(pgxl.get("/ready").text().contains(node.name() + ": STOPPED"));
            Await.until(Await.LONG, "health", () -> pgxl.answers("/health", 200));
            assertTrue(pgxl.answers("/health", 200), pgxl.get("/health") + ": a stop that the operator wanted is no illness");
            pgxl.run("start", node.directory()).orFail();
            int second = sandbox.nodePid(node).orElseThrow();
            assertNotEquals(before, second);
            pgxl.run("restart", node.path(), "--mode", "immediate").orFail();
            assertNotEquals(second, sandbox.nodePid(node).orElseThrow());
        }
        cluster.awaitRows(Cluster.COORDINATOR);
        assertTrue(pgxl.run("stop", "coordd1").error().contains("is \"coord1\" meant?"));
    }

    @Test
    void aSmartStopWaitsForClientsAndAFirmerOneDoesNot(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        var pgxl = new Pgxl(cluster.sandbox()).await();
        Program client = cluster.operator().startSql(Cluster.COORDINATOR, "SELECT pg_sleep(300)");
        cluster.operator().awaitSql(Cluster.COORDINATOR, "1",
                "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(300)'");
        int mark = cluster.sandbox().log().mark();
        Program smart = stage.keep(Program.start(java.nio.file.Path.of("/dev/null"),
                cluster.sandbox().inside("postgres", List.of(Pgxl.PATH, "stop", "coord1", "--mode", "smart"))));
        cluster.sandbox().log().await(mark, "smart shutdown", Await.LONG);
        Await.stays(Duration.ofSeconds(2), "the smart stop waits", smart::isRunning);
        assertTrue(client.isRunning());
        pgxl.run("stop", "coord1").orFail();
        assertEquals(0, smart.await(Await.LONG).code());
    }

    @Test
    void aHeldNodeStaysDownThroughACrashAndTheNextContainer(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        Node node = Cluster.DATANODE;
        var pgxl = new Pgxl(sandbox).await();
        pgxl.run("hold", node.name()).orFail();
        assertTrue(sandbox.nodePid(node).isPresent(), "its server goes on");
        cluster.operator().crash(node);
        sandbox.log().awaitState(0, node, "HELD");
        assertEquals(1, pgxl.run("start", node.name()).code());
        Await.stays(LONG_ENOUGH_TO_RESTART, "down", () -> !sandbox.processes().contains("--datanode"));
        sandbox.stop(Duration.ofSeconds(20));

        Sandbox next = stage.sandbox("next", sandbox.volume()).start();
        next.log().awaitState(0, node, "HELD");
        next.log().awaitState(0, Cluster.COORDINATOR, "RUNNING");
        var there = new Pgxl(next).await();
        assertTrue(there.nodes().stream().anyMatch(line -> line.matches("data1 .* HELD +no .*")), there.nodes() + "");
        assertTrue(there.answers("/health", 200), "maintenance is no illness");
        assertTrue(there.answers("/ready", 503));
        there.run("release", node.name()).orFail();
        assertTrue(next.nodePid(node).isPresent());
        assertEquals(0, next.stop(Duration.ofSeconds(20)));
    }

    @Test
    void reloadReachesPostgresAndNeverGtm(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        var pgxl = new Pgxl(cluster.sandbox()).await();
        cluster.operator().append(Cluster.DATANODE.path() + "/postgresql.conf", "statement_timeout = 7777s\n");
        int gtm = cluster.sandbox().nodePid(Cluster.GTM).orElseThrow();
        int mark = cluster.sandbox().log().mark();
        pgxl.run("reload").orFail();
        for (Node node : List.of(Cluster.COORDINATOR, Cluster.DATANODE)) {
            cluster.sandbox().log().await(mark, node.subject() + "\\| .*received SIGHUP", Await.LONG);
        }
        if (Places.realPostgresXl()) {
            // The stand-in's server reads a copy of the file, made at its start.
            cluster.operator().awaitSql(Cluster.DATANODE, "7777s", "SHOW statement_timeout");
        }
        assertEquals(gtm, cluster.sandbox().nodePid(Cluster.GTM).orElseThrow());
    }

    @Test
    void onlyPostgresAndRootMaySteer(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        var pgxl = new Pgxl(cluster.sandbox()).await();
        assertEquals(77, pgxl.as("daemon", "stop", "coord1").code());
        assertEquals(0, pgxl.as("daemon", "status").code());
        assertEquals(0, pgxl.as("root", "restart", "coord1").code());
        int mark = cluster.sandbox().log().mark();
        assertEquals(0, pgxl.as("root", "log-level", "warn").code());
        pgxl.run("restart", "coord1").orFail();
        assertEquals(List.of(), cluster.sandbox().log().lines(mark, "INFO  coordinator data/coord1: (?!pgxl)"));
        assertEquals(0, cluster.operator().ssh().run(Pgxl.PATH + " status").code(), "over SSH too");
    }

    @Test
    void whatIsWrongIsSaidWithADocumentedExitCode(Stage stage) {
        Sandbox sandbox = stage.sandbox("empty").start();
        var pgxl = new Pgxl(sandbox).await();
        assertEquals(64, pgxl.run("stauts").code());
        assertTrue(pgxl.run("stauts").error().contains("is \"status\" meant?"));
        assertEquals(64, pgxl.run("stop").code());
        assertEquals(66, pgxl.run("stop", "$(touch /tmp/obeyed); `id`").code());
        assertEquals(66, pgxl.run("explain", "no\nsuch").code());
        assertEquals(1, sandbox.exec("postgres", "test -e /tmp/obeyed").code());
        assertEquals(69, sandbox.exec("postgres", "PGXL_STATUS_PORT=1 " + Pgxl.PATH + " status").code());
        assertTrue(pgxl.run("reap-report").orFail().text().contains("orphans reaped"));
        assertFalse(pgxl.run("help").orFail().text().isEmpty());
    }
}
