package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Pgxl;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Ssh;
import com.tiredpixel.pgxl.it.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@code pids.max}: neither PID 1 nor a server can fork or make a thread, for a while. */
@Faults
class NoMoreProcessesIT {
    private static final String PLENTY = "4096";
    /** A shell would try again for a quarter of a minute. */
    private static final String FORKS = "perl -e 'for (1 .. 20) { defined(my $pid = fork) or die qq(cannot fork: $!\\n);"
            + " $pid or do { sleep 1; exit } }'";

    @Test
    void whatCannotForkSaysSoAndEverythingWorksWhenItCanAgain(Stage stage) {
        Optional<String> obstacle = Sandbox.obstacleToLimits();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage)).limitedTo(Map.of("pids", PLENTY)));
        Sandbox sandbox = cluster.sandbox();
        Ssh ssh = cluster.operator().ssh();
        List<Integer> servers = servers(cluster);
        ssh.run(FORKS).orFail();
        try (var row = new Row(9, "fork fails (`pids.max`), with room for 0 to 8 more processes and threads", NoMoreProcessesIT.class)
                .opposite("the same succeeds before and after: asserted in the same test")) {
            for (int i = 0; i < Scale.times(1, 20); i++) {
                for (int room : new int[] {0, 1, 2, 4, 8}) {
                    row.round(() -> {
                        sandbox.limit("pids", Integer.toString(Integer.parseInt(sandbox.ofCgroup("pids", "pids.current")) + room));
                        Program.Result session = ssh.run(FORKS);
                        assertNotEquals(0, session.code(), room + ": " + session);
                        assertTrue(session.error().matches("(?s).*(Resource temporarily unavailable|EAGAIN).*"),
                                room + ": " + session);
                        Program.Result query = cluster.operator().sql(Cluster.COORDINATOR, "SELECT 1");
                        assertTrue(query.code() == 0 || query.error().matches("(?s).*(error|FATAL|fork).*"),
                                room + ": " + query);
                        assertTrue(sandbox.isRunning());
                        long start = System.nanoTime();
                        sandbox.limit("pids", PLENTY);
                        Await.until(Await.LONG, "a session", () -> ssh.run("true").code() == 0);
                        row.timed(start);
                        cluster.awaitRows(Cluster.COORDINATOR);
                        ssh.run(FORKS).orFail();
                        assertEquals(servers, servers(cluster), "a server was ended");
                    });
                }
            }
            new Pgxl(sandbox).run("status").orFail();
            assertEquals(0, sandbox.stop(Duration.ofSeconds(10)));
            row.note("the times are from the limit's end to the next session");
        }
    }

    /** A restart needs a process, and a thread that reads what it prints. */
    @Test
    void aServerThatCannotBeStartedAgainForWantOfProcessesComesBackWhenItCan(Stage stage) {
        Optional<String> obstacle = Sandbox.obstacleToLimits();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage))
                .limitedTo(Map.of("pids", PLENTY)).set("PGXL_BACKOFF_MAX", "1s"));
        Sandbox sandbox = cluster.sandbox();
        Node node = Cluster.COORDINATOR;
        try (var row = new Row(9, "a server killed while fork fails (`pids.max`)", NoMoreProcessesIT.class)
                .opposite("it is not started while fork fails: asserted in the same test")) {
            for (int i = 0; i < Scale.times(1, 20); i++) {
                row.round(() -> {
                    int mark = sandbox.log().mark();
                    // Fewer than there are: what a server and its children leave is not enough for another one.
                    sandbox.limit("pids", "8");
                    sandbox.exec("root", "kill -9 " + sandbox.nodePid(node).orElseThrow()).orFail();
                    String refusal = sandbox.log().await(
                            mark, node.subject() + ": BACKING_OFF: cannot start: .*", Await.LONG).group();
                    assertTrue(refusal.contains("no thread to read what it prints") || refusal.contains("EAGAIN"), refusal);
                    assertTrue(sandbox.isRunning());
                    long start = System.nanoTime();
                    sandbox.limit("pids", PLENTY);
                    sandbox.log().awaitState(mark, node, "RUNNING");
                    row.timed(start);
                    cluster.awaitRows(node);
                });
            }
            assertEquals(0, sandbox.stop(Duration.ofSeconds(10)));
            row.note("the times are from the limit's end to RUNNING");
        }
    }

    private static List<Integer> servers(Cluster cluster) {
        return Cluster.NODES.stream().map(node -> cluster.sandbox().nodePid(node).orElse(0)).toList();
    }
}
