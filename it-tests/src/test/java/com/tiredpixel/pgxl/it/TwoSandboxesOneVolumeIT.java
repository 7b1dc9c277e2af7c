package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An orchestrator that starts the new container before the old one is gone: never two servers on one directory. */
@OnStage
class TwoSandboxesOneVolumeIT {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theSecondWaitsSaysWhyAndTakesOver(boolean killed, Stage stage) {
        Cluster first = Cluster.start(stage);
        Sandbox second = stage.sandbox("second", first.sandbox().volume()).start();
        for (Node node : Cluster.NODES) {
            second.log().awaitState(0, node, "LOCKED_OUT");
        }
        Await.stays(Duration.ofSeconds(3), "one server for each directory", () ->
                second.log().lines(0, ": (STARTING|RUNNING): ").isEmpty());
        first.awaitRows(Cluster.COORDINATOR);
        assertFalse(second.log().lines(0, "LOCKED_OUT: .*another container").isEmpty());

        if (killed) {
            first.sandbox().kill();
        } else {
            assertEquals(0, first.sandbox().stop(Duration.ofSeconds(20)));
        }
        for (Node node : Cluster.NODES) {
            second.log().awaitState(0, node, "RUNNING");
        }
        Operator operator = new Operator(stage, second);
        operator.awaitSql(Cluster.COORDINATOR, Integer.toString(Cluster.ROWS), "SELECT count(*) FROM kept");
        assertEquals(List.of(), second.log().lines(0, "unexpected in state"));
    }
}
