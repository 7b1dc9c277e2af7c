package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A probe proves that a node serves, not that it has a pid; and it says why not. */
@OnStage
class ProbeIT {

    private static void awaitReady(Pgxl pgxl) {
        Await.until(Await.LONG, "/ready", () -> pgxl.answers("/ready", 200));
    }

    @Test
    void aServerOfEachRoleThatIsFrozenHasAPidAndIsNotReady(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        cluster.operator().add(Cluster.PROXY);
        var pgxl = new Pgxl(sandbox).await();
        awaitReady(pgxl);
        for (Node node : List.of(Cluster.PROXY, Cluster.DATANODE, Cluster.COORDINATOR, Cluster.GTM)) {
            int pid = sandbox.nodePid(node).orElseThrow();
            sandbox.exec("root", "kill -STOP " + pid).orFail();
            Await.until(Await.LONG, node.name() + " not ready", () -> {
                String answer = pgxl.get("/ready").text();
                return answer.startsWith("HTTP/1.1 503 ") && answer.contains(" " + node.name() + ": no answer for ");
            });
            assertTrue(pgxl.nodes().stream().anyMatch(line -> line.matches(node.name() + " .* RUNNING +no .*no answer.*")),
                    pgxl.nodes().toString());
            sandbox.exec("root", "kill -CONT " + pid).orFail();
            awaitReady(pgxl);
            assertEquals(pid, sandbox.nodePid(node).orElseThrow(), "the agent does not end what is frozen");
        }
    }

    @Test
    void aServerWithoutAPlaceForOneMoreClientIsFullAndNotBroken(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.COORDINATOR;
        var pgxl = new Pgxl(cluster.sandbox()).await();
        cluster.operator().append(node.path() + "/postgresql.conf", "max_connections = 8\nmax_wal_senders = 0\n");
        pgxl.run("restart", node.name()).orFail();
        awaitReady(pgxl);
        for (int i = 0; i < 9; i++) {
            cluster.operator().startSql(node, "SELECT pg_sleep(300)");
        }
        Await.until(Await.LONG, "too many clients", () -> pgxl.get("/ready").text().contains("too many clients"));
        assertTrue(pgxl.answers("/health", 200), "full is no illness");
        assertTrue(pgxl.get("/metrics").text().lines().anyMatch(
                line -> line.matches("pgxl_node_full\\{.*node=\"coord1\".*} 1\\.0")));
        pgxl.run("restart", node.name()).orFail();
        awaitReady(pgxl);
    }

    /** What asks is told "starting up" all the same, from the server's own files. */
    @Test
    void noProbeLeavesAFatalLineOfAServerThatStarts(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        awaitReady(pgxl);
        int mark = sandbox.log().mark();
        Program asking = stage.keep(Program.start(java.nio.file.Path.of("/dev/null"), sandbox.inside("postgres", List.of(
                "bash", "-c", "for i in {1..20000}; do exec 3<>/dev/tcp/127.0.0.1/9432;"
                        + " printf 'GET /ready HTTP/1.0\\r\\n\\r\\n' >&3; read -r line <&3; exec 3>&-; done"))));
        for (int round = 0; round < 3; round++) {
            int running = sandbox.log().mark();
            cluster.operator().crash(Cluster.DATANODE);
            sandbox.log().awaitState(running, Cluster.DATANODE, "RUNNING");
            pgxl.run("restart", "coord1").orFail();
        }
        awaitReady(pgxl);
        assertTrue(asking.isRunning(), "asked all the time");
        assertEquals(List.of(), sandbox.log().lines(mark, "\\| .*FATAL:  the database system is starting up"));
    }
}
