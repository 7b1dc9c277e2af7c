package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Data directories that others may enter: PostgreSQL does not start there. */
@OnStage
class OpenDirectoryIT {

    /** As an {@code fsGroup} leaves them after each mount. */
    @Test
    void directoriesOpenToAGroupAreClosedAndTheNodesStart(Stage stage) {
        Path volume = Cluster.volume(stage);
        Program.run(Duration.ofSeconds(30), List.of("bash", "-c", "chmod 2770 " + volume + "/data/*")).orFail();
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", volume));
        cluster.awaitRows(Cluster.COORDINATOR);
        assertEquals(List.of(), cluster.sandbox().log().lines(0, "BACKING_OFF"));
        assertEquals(2, cluster.sandbox().log().lines(0, "its mode was 2770 and is 07[05]0").size());
    }

    @Test
    void whereTheFileSystemKeepsThemOpenTheNodeIsBlockedAndTheLogSaysWhy(Stage stage) {
        Path volume = new SharedVolume(stage, Cluster.volume(stage)).mount("--perms=g+rwxD", "--chmod-ignore");
        Sandbox sandbox = stage.sandbox("node", volume).start();
        for (Node node : List.of(Cluster.DATANODE, Cluster.COORDINATOR)) {
            sandbox.log().await(0, node.subject() + ": BLOCKED: .* has mode 0770, .* such as dir_mode=0700", Await.LONG);
            assertEquals(List.of(), sandbox.log().states(0, node).stream().filter("STARTING"::equals).toList());
        }
    }
}
