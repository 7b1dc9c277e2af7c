package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server that cannot start is retried, ever more slowly and for ever, and everyone can see it. */
@OnStage
class CrashLoopIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void aBrokenConfigurationIsRetriedWithGrowingPausesUntilItIsRepaired(Stage stage) {
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage))
                .set("PGXL_BACKOFF_FIRST", "500ms").set("PGXL_BACKOFF_MAX", "4s"));
        Node node = Cluster.COORDINATOR;
        LogFile log = cluster.sandbox().log();
        int mark = log.mark();
        cluster.operator().append(node.path() + "/postgresql.conf", "no_such_setting = on\n");
        cluster.operator().crash(node);

        log.await(mark, node.subject() + ": crash loop", PATIENCE);
        var pgxl = new Pgxl(cluster.sandbox());
        assertTrue(pgxl.run("status").text().contains("crash loop"), pgxl.run("status").text());
        assertTrue(pgxl.get("/metrics").text().contains("pgxl_node_crash_loop{directory=\"data/coord1\",kind=\"master\","
                + "node=\"coord1\",role=\"coordinator\"} 1.0"), pgxl.get("/metrics").text());
        assertTrue(pgxl.answers("/health", 503) && pgxl.answers("/live", 200), "the node is broken, not the agent");
        List<Instant> starts = log.lines(mark, node.subject() + ": STARTING: started").stream()
                .map(line -> Instant.parse(line.split(" ")[0])).toList();
        assertTrue(starts.size() >= 4, starts.toString());
        Duration early = Duration.between(starts.get(0), starts.get(1));
        Duration late = Duration.between(starts.get(starts.size() - 2), starts.get(starts.size() - 1));
        assertTrue(late.compareTo(early) > 0, "pauses of " + early + " and then " + late);
        assertFalse(log.lines(mark, "no_such_setting").isEmpty(), "the server's own words are missing");

        cluster.operator().ssh().run("sed -i '/no_such_setting/d' " + node.path() + "/postgresql.conf").orFail();
        log.await(log.mark(), node.subject() + ": RUNNING", PATIENCE);
        cluster.awaitRows(node);
    }

    @Test
    void theOtherNodesOfTheSandboxAreLeftAlone(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        int gtm = cluster.sandbox().nodePid(Cluster.GTM).orElseThrow();
        int datanode = cluster.sandbox().nodePid(Cluster.DATANODE).orElseThrow();
        int mark = cluster.sandbox().log().mark();
        cluster.operator().append(Cluster.COORDINATOR.path() + "/postgresql.conf", "no_such_setting = on\n");
        cluster.operator().crash(Cluster.COORDINATOR);
        cluster.sandbox().log().await(mark, Cluster.COORDINATOR.subject() + ": BACKING_OFF: .* in ", PATIENCE);
        assertTrue(gtm == cluster.sandbox().nodePid(Cluster.GTM).orElseThrow());
        assertTrue(datanode == cluster.sandbox().nodePid(Cluster.DATANODE).orElseThrow());
    }
}
