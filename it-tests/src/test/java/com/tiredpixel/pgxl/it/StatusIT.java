package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What people and machines see of a node: {@code pgxl status}, health, probes. */
@OnStage
class StatusIT {

    @Test
    void anEmptyContainerIsHealthyAndSaysThatItWaits(Stage stage) {
        Sandbox sandbox = stage.sandbox("empty").start();
        var pgxl = new Pgxl(sandbox).await();
        for (String path : List.of("/live", "/ready", "/health", "/startup")) {
            assertTrue(pgxl.answers(path, 200), pgxl.get(path).toString());
        }
        assertTrue(pgxl.get("/ready").text().contains("waiting"), pgxl.get("/ready").toString());
        assertEquals(0, pgxl.run("health").code());
        assertTrue(pgxl.run("status").text().contains("No node yet"));
    }

    @Test
    void aContradictionIsShownEverywhereWithTheWayOut(Stage stage) throws Exception {
        Cluster cluster = Cluster.start(stage);
        cluster.sandbox().stop(Duration.ofSeconds(20));
        Path directory = cluster.sandbox().volume().resolve(Cluster.DATANODE.directory());
        Files.writeString(directory.resolve("gtm.conf"), "port = 6666\n");
        Files.writeString(directory.resolve("gtm.control"), "");
        Sandbox next = stage.sandbox("next", cluster.sandbox().volume()).start();
        var pgxl = new Pgxl(next).await();
        next.log().awaitState(0, Cluster.COORDINATOR, "RUNNING");
        String explained = pgxl.run("explain", Cluster.DATANODE.directory()).orFail().text();
        assertTrue(explained.contains("contradiction: ") && explained.contains("the way out: "), explained);
        assertTrue(pgxl.run("status").text().contains("NOT STARTED "), pgxl.run("status").text());
        assertTrue(pgxl.run("status").text().contains("way out: "));
        for (String path : List.of("/ready", "/health")) {
            String answer = pgxl.get(path).text();
            assertTrue(answer.startsWith("HTTP/1.1 503 ") && answer.contains("the way out: "), answer);
        }
        assertTrue(pgxl.get("/metrics").text().contains("pgxl_contradictions 1.0"));
        assertEquals(1, pgxl.run("health").code());
    }

    @Test
    void statusShowsEveryNodeWithItsPidAndThatItServes(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        var pgxl = new Pgxl(cluster.sandbox()).await();
        Await.until(Await.LONG, "/ready", () -> pgxl.answers("/ready", 200));
        System.out.println("MEASURED pgxl status:\n" + pgxl.run("status").text());
        System.out.println("MEASURED pgxl explain:\n" + pgxl.run("explain").text());
        System.out.println("MEASURED pgxl status --json:\n" + pgxl.run("status", "--json").text());
        List<String> nodes = pgxl.nodes();
        assertEquals(Cluster.NODES.size(), nodes.size());
        for (Node node : Cluster.NODES) {
            int pid = cluster.sandbox().nodePid(node).orElseThrow();
            assertTrue(
                    nodes.stream().anyMatch(line -> line.matches(node.name() + " +" + node.role().label()
                            + " master +RUNNING +yes +\\S+ +" + pid + " +" + node.port() + " +0 .*")),
                    node + " in " + nodes);
        }
    }
}
