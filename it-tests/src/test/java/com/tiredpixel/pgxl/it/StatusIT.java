package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
