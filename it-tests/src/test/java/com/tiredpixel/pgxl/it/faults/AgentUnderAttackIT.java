package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What is done to PID 1 itself. */
@Faults
class AgentUnderAttackIT {
    /** They mean a stop, or the kernel's own end of the process; from outside KILL and STOP cannot be refused. */
    private static final Set<Integer> STOPS = Set.of(2, 9, 15, 19);

    /** HotSpot handles these four itself, as errors of its own, and nobody can block them in its threads. */
    private static final Set<Integer> ERRORS_OF_THE_JVM = Set.of(4, 7, 8, 11);

    @Test
    void everySignalButAStopIsOutlived(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        List<Integer> before = servers(cluster);
        try (var row = new Row(9, "signals 1 to 64 to PID 1, from inside and from outside", AgentUnderAttackIT.class)
                .opposite("`anErrorOfTheJvmEndsTheContainerAndTheNextHasTheRows`")) {
            for (int signal = 1; signal <= 64; signal++) {
                int number = signal;
                if (STOPS.contains(signal) || ERRORS_OF_THE_JVM.contains(signal)) {
                    continue;
                }
                row.round(() -> {
                    sandbox.exec("postgres", "kill -" + number + " 1");
                    sandbox.signal(number);
                    assertEquals(0, cluster.operator().ssh().run("true").code());
                    assertTrue(sandbox.isRunning(), "ended by signal " + number);
                    assertEquals(before, servers(cluster));
                });
            }
            // The kernel keeps these two from PID 1 when they come from inside.
            for (int signal : new int[] {9, 19}) {
                row.round(() -> {
                    sandbox.exec("postgres", "kill -" + signal + " 1");
                    assertEquals(0, cluster.operator().ssh().run("true").code());
                });
            }
            row.note("without INT and TERM, which mean a stop, and ILL, BUS, FPE and SEGV, which end a JVM");
        }
    }

    @Test
    void anErrorOfTheJvmEndsTheContainerAndTheNextHasTheRows(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        cluster.sandbox().signal(11);
        Await.until(Await.LONG, "end of PID 1", () -> !cluster.sandbox().isRunning());
        Cluster.start(stage, stage.sandbox("next", cluster.sandbox().volume())).awaitRows(Cluster.COORDINATOR);
    }

    @Test
    void aFrozenAgentLetsTheServersServeAndCatchesUp(Stage stage) {
        try (var row = new Row(9, "SIGSTOP of the agent, a server killed meanwhile", AgentUnderAttackIT.class)
                .opposite("the server is down until SIGCONT: asserted in the same test")) {
            for (int i = 0; i < Scale.times(1, 10); i++) {
                row.round(() -> {
                    Cluster cluster = Cluster.start(stage);
                    Node node = Cluster.COORDINATOR;
                    int pid = cluster.sandbox().nodePid(node).orElseThrow();
                    cluster.sandbox().signal(19);
                    LockSupport.parkNanos(Scale.time(Duration.ofSeconds(3), Duration.ofSeconds(30)).toNanos());
                    cluster.awaitRows(node);
                    cluster.sandbox().exec("root", "kill -9 " + pid).orFail();
                    Await.stays(Duration.ofSeconds(1), "that it is down", () ->
                            cluster.operator().sql(node, "SELECT 1").code() != 0);
                    int mark = cluster.sandbox().log().mark();
                    long start = System.nanoTime();
                    cluster.sandbox().signal(18);
                    cluster.sandbox().log().awaitState(mark, node, "RUNNING");
                    row.timed(start);
                    cluster.awaitRows(node);
                });
            }
            row.note("frozen for " + Scale.time(Duration.ofSeconds(3), Duration.ofSeconds(30)).toSeconds()
                    + " s; the times are from SIGCONT to RUNNING");
        }
    }

    private static List<Integer> servers(Cluster cluster) {
        return Cluster.NODES.stream().map(node -> cluster.sandbox().nodePid(node).orElse(0)).toList();
    }
}
