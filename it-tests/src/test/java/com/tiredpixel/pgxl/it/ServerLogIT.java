package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docker logs} shows what the database says, whoever started it and wherever it writes. */
@OnStage
class ServerLogIT {

    @Test
    void linesOfTheCollectorAreInTheLogOfTheContainer(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        int mark = cluster.sandbox().log().mark();
        cluster.operator().sql(Cluster.DATANODE, "SELECT 'a mistake' FROM nowhere_at_all");
        cluster.sandbox().log().await(mark, "datanode data/data1\\| .*nowhere_at_all.* does not exist", Await.LONG);
        for (Node node : Cluster.NODES) {
            new Pgxl(cluster.sandbox()).run("restart", node.name()).orFail();
            cluster.sandbox().log().await(mark, node.subject() + "\\| ", Await.LONG);
        }
    }

    @Test
    void aServerThatPgCtlStartedWithItsOwnLogFileIsFollowedEvenWhenThatIsDeleted(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.DATANODE;
        cluster.operator().stop(node).orFail();
        cluster.operator().append(node.path() + "/postgresql.conf", "logging_collector = off\n");
        int mark = cluster.sandbox().log().mark();
        cluster.operator().ssh().run("pg_ctl start -w -Z datanode -D " + node.path()
                + " -l /tmp/server.log; rm /tmp/server.log").orFail();
        cluster.sandbox().log().awaitState(mark, node, "RUNNING");
        cluster.operator().sql(node, "SELECT 'a mistake' FROM nowhere_at_all");
        cluster.sandbox().log().await(mark, "datanode data/data1\\| .*nowhere_at_all.* does not exist", Await.LONG);
    }

    @Test
    void aStartThatFailsIsToldWithTheServersLastLines(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.DATANODE;
        var pgxl = new Pgxl(cluster.sandbox()).await();
        pgxl.run("stop", node.name()).orFail();
        cluster.operator().append(node.path() + "/postgresql.conf", "work_mem = 'nonsense'\n");
        int mark = cluster.sandbox().log().mark();
        assertEquals(1, pgxl.run("start", node.name()).code());
        cluster.sandbox().log().await(mark, "BACKING_OFF: .*it printed last: .*work_mem", Await.LONG);
    }

    @Test
    void withJsonEveryLineIsAnObject(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        cluster.sandbox().stop(Duration.ofSeconds(20));
        Sandbox next = stage.sandbox("next", cluster.sandbox().volume()).set("PGXL_LOG_FORMAT", "json").start();
        new Operator(stage, next).ssh().run("true").orFail();
        var pgxl = new Pgxl(next).await();
        Await.until(Await.LONG, "/ready", () -> pgxl.answers("/ready", 200));
        next.stop(Duration.ofSeconds(20));
        List<String> lines = next.log().text().lines().toList();
        for (String line : lines) {
            assertTrue(line.matches("\\{\"time\":\"[^\"]+Z\",\"level\":\"[A-Z]+\",\"logger\":\"[a-z.]+\",.*\\}"), line);
        }
        for (String logger : List.of("agent", "ssh", "ssh.audit", "node", "server")) {
            assertTrue(lines.stream().anyMatch(line -> line.contains("\"logger\":\"" + logger + "\"")), logger);
        }
    }
}
