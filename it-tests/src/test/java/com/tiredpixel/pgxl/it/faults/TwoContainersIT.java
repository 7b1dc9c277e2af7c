package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Operator;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Two containers that start at the same moment on one volume. */
@Faults
class TwoContainersIT {

    @Test
    void neverTwoServersOnOneDirectoryAndTheLoserTakesOver(Stage stage) {
        try (var row = new Row(6, "two containers race for one volume", TwoContainersIT.class)
                .opposite("`withoutTheAgentTwoPostmastersShareADirectory`")) {
            for (int i = 0; i < Scale.times(2, 50); i++) {
                Path volume = Cluster.volume(stage);
                String round = "r" + i;
                row.round(() -> race(stage, volume, round, row));
            }
            row.note("the times are from the winner's death to the loser's RUNNING of all three nodes");
        }
    }

    private static void race(Stage stage, Path volume, String round, Row row) {
        var plans = List.of(stage.sandbox(round + "a", volume), stage.sandbox(round + "b", volume));
        var starts = plans.stream().map(plan -> CompletableFuture.supplyAsync(plan::start)).toList();
        Sandbox first = starts.get(0).join();
        Sandbox second = starts.get(1).join();
        var most = new AtomicInteger();
        for (Node node : Cluster.NODES) {
            Await.until(Await.LONG, "winner and loser of " + node.subject(), () -> {
                most.accumulateAndGet(Postmasters.on(List.of(first, second), node), Math::max);
                return states(first, node).contains("RUNNING") && states(second, node).contains("LOCKED_OUT")
                        || states(second, node).contains("RUNNING") && states(first, node).contains("LOCKED_OUT");
            });
        }
        assertFalse(first.log().lines(0, "LOCKED_OUT: .*another container").isEmpty()
                && second.log().lines(0, "LOCKED_OUT: .*another container").isEmpty());
        long start = System.nanoTime();
        first.kill();
        for (Node node : Cluster.NODES) {
            Await.until(Await.LONG, "takeover of " + node.subject(), () -> {
                most.accumulateAndGet(Postmasters.on(List.of(first, second), node), Math::max);
                return states(second, node).contains("RUNNING");
            });
        }
        row.timed(start);
        new Operator(stage, second).awaitSql(Cluster.COORDINATOR, Integer.toString(Cluster.ROWS), "SELECT count(*) FROM kept");
        assertEquals(1, most.get(), "servers on one directory at one time");
        assertEquals(0, second.stop(Duration.ofSeconds(20)));
    }

    private static List<String> states(Sandbox sandbox, Node node) {
        return sandbox.log().states(0, node);
    }

    /** The negative control: neither the pid file nor shared memory protects across containers, and it is counted. */
    @Test
    void withoutTheAgentTwoPostmastersShareADirectory(Stage stage) {
        Path volume = Cluster.volume(stage);
        Node node = Cluster.DATANODE;
        var sandboxes = List.of(
                stage.sandbox("bare1", volume).command("/bin/sleep", "300").start(),
                stage.sandbox("bare2", volume).command("/bin/sleep", "300").start());
        for (Sandbox sandbox : sandboxes) {
            // The second deletes the pid file as a naive entry point does.
            sandbox.exec("postgres", "rm -f " + node.path() + "/postmaster.pid; PATH=/usr/local/lib/postgres/bin:$PATH"
                    + " pg_ctl start -W -Z datanode -D " + node.path() + " -o -i >/tmp/start.log 2>&1");
        }
        Await.until(Await.LONG, "two postmasters", () -> Postmasters.on(sandboxes, node) == 2);
    }
}
