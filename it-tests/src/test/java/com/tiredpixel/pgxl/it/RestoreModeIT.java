package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code --restoremode} is a passing phase in which {@code pgxc_ctl} loads a new node: not a node yet. */
@OnStage
class RestoreModeIT {

    @Test
    void aServerInRestoreModeIsNotTouchedAndTheNodeIsAdoptedWhenItStartsForReal(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Operator operator = cluster.operator();
        LogFile log = cluster.sandbox().log();
        Node node = Node.coordinator(2);
        int mark = log.mark();
        operator.make(node);
        operator.captured("pg_ctl start -w -Z restoremode -D " + node.path() + " -o '-i -b'").orFail();
        Await.stays(Duration.ofSeconds(3), "no state for " + node.directory(), () -> log.states(mark, node).isEmpty());

        // A half-made node that dies stays dead.
        operator.crashWithChildren(node);
        Await.stays(Duration.ofSeconds(4), "no start of " + node.directory(), () ->
                log.lines(mark, node.directory() + ": STARTING").isEmpty());
        operator.captured("pg_ctl start -w -Z restoremode -D " + node.path() + " -o '-i -b'").orFail();
        operator.captured("pg_ctl stop -w -Z restoremode -D " + node.path()).orFail();
        operator.start(node).orFail();
        log.awaitState(mark, node, "RUNNING");
    }

    @Test
    void aHalfMadeNodeIsNotStartedByTheNextSandbox(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Node.coordinator(2);
        cluster.operator().make(node);
        cluster.operator().captured("pg_ctl start -w -Z restoremode -D " + node.path() + " -o '-i -b'").orFail();
        cluster.sandbox().kill();
        Cluster next = Cluster.start(stage, stage.sandbox("next", cluster.sandbox().volume()));
        next.awaitRows(Cluster.COORDINATOR);
        assertEquals(List.of(), next.sandbox().log().lines(0, node.directory() + ": (STARTING|RUNNING)"));
    }
}
