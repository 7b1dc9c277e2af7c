package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** SIGHUP to PID 1 re-reads what can be re-read. To GTM it would be a stop. */
@OnStage
class HangUpIT {

    @Test
    void aHangUpLeavesEveryServerRunning(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        cluster.operator().add(Cluster.PROXY);
        List<Node> nodes = List.of(Cluster.GTM, Cluster.PROXY, Cluster.DATANODE, Cluster.COORDINATOR);
        List<Optional<Integer>> before = nodes.stream().map(cluster.sandbox()::nodePid).toList();
        int mark = cluster.sandbox().log().mark();
        cluster.sandbox().signal(1);
        Await.stays(Duration.ofSeconds(3), "every server", () ->
                nodes.stream().map(cluster.sandbox()::nodePid).toList().equals(before));
        assertEquals(List.of(), cluster.sandbox().log().lines(mark, "STOPPED|STARTING|SETTLING|BACKING_OFF"));
        cluster.awaitRows(Cluster.COORDINATOR);
    }

    @Test
    void otherSignalsThatAPersonMaySendDoNotEndPidOne(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        for (int signal : new int[] {1, 3, 10, 12, 13, 14, 17, 18, 28}) {
            cluster.sandbox().signal(signal);
        }
        cluster.awaitRows(Cluster.COORDINATOR);
        assertTrue(cluster.sandbox().isRunning());
        assertEquals(0, cluster.sandbox().stop(Duration.ofSeconds(20)));
    }

    @Test
    void anInterruptStopsAsCleanlyAsATerm(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        cluster.sandbox().signal(2);
        assertEquals(0, cluster.sandbox().exitCode(Await.LONG));
        assertEquals("shut down", cluster.controlState(Cluster.COORDINATOR));
    }
}
