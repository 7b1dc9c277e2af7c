package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Under another init, such as {@code docker run --init}, the agent is a child subreaper, and all the rest works. */
@OnStage
class NotPidOneIT {

    @Test
    void asAChildOfAnotherInitItAdoptsRestartsAndStops(Stage stage) {
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage)).command(
                "/bin/bash", "-c",
                "trap 'kill -TERM $agent' TERM; " + Sandbox.LAUNCHER
                        + " & agent=$!; while kill -0 $agent 2>/dev/null; do wait $agent; code=$?; done; exit $code"));
        Sandbox sandbox = cluster.sandbox();
        int mark = sandbox.log().mark();
        cluster.operator().crash(Cluster.DATANODE);
        mark = sandbox.log().awaitState(mark, Cluster.DATANODE, "RUNNING");
        cluster.operator().stop(Cluster.COORDINATOR).orFail();
        mark = sandbox.log().awaitState(mark, Cluster.COORDINATOR, "STOPPED");
        cluster.operator().start(Cluster.COORDINATOR).orFail();
        mark = sandbox.log().awaitState(mark, Cluster.COORDINATOR, "RUNNING");
        cluster.operator().crash(Cluster.COORDINATOR);
        sandbox.log().awaitState(mark, Cluster.COORDINATOR, "RUNNING");
        cluster.awaitRows(Cluster.COORDINATOR);
        assertEquals(0, sandbox.stop(Duration.ofSeconds(20)));
    }
}
