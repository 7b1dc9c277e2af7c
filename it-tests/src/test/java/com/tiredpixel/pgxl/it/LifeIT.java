package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The main job: what an operator sees of a node, from an empty volume to the next container. */
@OnStage
class LifeIT {

    /** Watching that nothing happens must end some time; the agent restarts a crashed server in far less. */
    private static final Duration LONG_ENOUGH_TO_RESTART = Duration.ofSeconds(4);

    static Stream<Node> nodes() {
        return Cluster.NODES.stream();
    }

    @Test
    void nodesMadeOverSshOnAnEmptyVolumeAreAdopted(Stage stage) {
        Cluster cluster = Cluster.make(stage, stage.sandbox("node").start());
        cluster.operator().add(Cluster.PROXY);
        cluster.awaitRows(Cluster.COORDINATOR);
        for (Node node : Cluster.NODES) {
            assertFalse(
                    cluster.sandbox().log().lines(0, node.subject() + ": STARTING: adopted").isEmpty(), node.subject());
        }
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void aKilledServerComesBackWithItsRows(Node node, Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        int before = sandbox.nodePid(node).orElseThrow();
        int mark = sandbox.log().mark();
        long start = System.nanoTime();
        cluster.operator().crash(node);
        sandbox.log().awaitState(mark, node, "RUNNING");
        System.out.println("MEASURED " + node.role().label() + ": running again "
                + (System.nanoTime() - start) / 1_000_000 + " ms after kill -9");
        assertNotEquals(before, sandbox.nodePid(node).orElseThrow());
        cluster.awaitRows(node);
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void aServerStoppedByTheOperatorStaysDownUntilHeStartsIt(Node node, Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        int mark = sandbox.log().mark();
        cluster.operator().stop(node).orFail();
        int stopped = sandbox.log().awaitState(mark, node, "STOPPED");
        Await.stays(LONG_ENOUGH_TO_RESTART, "that " + node.subject() + " stays down", () ->
                sandbox.nodePid(node).isEmpty() && sandbox.log().states(stopped, node).isEmpty());

        cluster.operator().start(node).orFail();
        int running = sandbox.log().awaitState(stopped, node, "RUNNING");
        cluster.awaitRows(node);

        cluster.operator().crash(node);
        sandbox.log().awaitState(running, node, "RUNNING");
        cluster.awaitRows(node);
    }

    @Test
    void aStopWithAQueryRunningIsCleanAndTheNextSandboxHasTheRows(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Operator operator = cluster.operator();
        Program client = operator.startSql(Cluster.COORDINATOR, "SELECT pg_sleep(300)");
        operator.awaitSql(Cluster.COORDINATOR, "1",
                "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(300)'");
        long start = System.nanoTime();
        assertEquals(0, cluster.sandbox().stop(Duration.ofSeconds(20)));
        long took = (System.nanoTime() - start) / 1_000_000;
        System.out.println("MEASURED stop with a query running: " + took + " ms");
        assertTrue(took < 9_000, took + " ms: the whole budget was used up");
        assertNotEquals(0, client.await(Await.LONG).code());
        assertEquals("shut down", cluster.controlState(Cluster.COORDINATOR));
        assertEquals("shut down", cluster.controlState(Cluster.DATANODE));
        assertEquals(List.of(), cluster.sandbox().log().lines(0, "IMMEDIATE|SIGQUIT"));

        Cluster next = Cluster.start(stage, stage.sandbox("next", cluster.sandbox().volume()));
        next.awaitRows(Cluster.COORDINATOR);
        next.awaitRows(Cluster.DATANODE);
    }

    @Test
    void aContainerThatIsKilledComesBackOnItsVolume(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        cluster.sandbox().kill();
        Cluster next = Cluster.start(stage, stage.sandbox("next", cluster.sandbox().volume()));
        next.awaitRows(Cluster.COORDINATOR);
        next.awaitRows(Cluster.DATANODE);
    }

    @Test
    void sevenNodesOfOneSandboxStartInOrderAndStopInReverse(Stage stage) {
        Sandbox first = stage.sandbox("seven").start();
        var operator = new Operator(stage, first);
        var nodes = new ArrayList<>(List.of(
                Node.gtm(), Node.proxy(), Node.datanode(1), Node.datanode(2), Node.datanode(3),
                Node.coordinator(1), Node.coordinator(2)));
        nodes.forEach(operator::add);
        int mark = first.log().mark();
        assertEquals(0, first.stop(Duration.ofSeconds(30)));
        List<Integer> stops = nodes.stream().map(node -> position(first, mark, node, "STOPPED")).toList();
        assertOrder(groups(stops), true);

        Sandbox next = stage.sandbox("next", first.volume()).set("PGXL_STOP_TIMEOUT", "20s").start();
        nodes.forEach(node -> next.log().awaitState(0, node, "RUNNING"));
        assertOrder(groups(nodes.stream().map(node -> position(next, 0, node, "STARTING")).toList()), false);
        assertEquals(0, next.stop(Duration.ofSeconds(30)));
    }

    private static int position(Sandbox sandbox, int mark, Node node, String state) {
        return sandbox.log().awaitState(mark, node, state);
    }

    /** GTM, proxy, datanodes, coordinators. */
    private static List<List<Integer>> groups(List<Integer> seven) {
        return List.of(seven.subList(0, 1), seven.subList(1, 2), seven.subList(2, 5), seven.subList(5, 7));
    }

    private static void assertOrder(List<List<Integer>> groups, boolean reverse) {
        for (int i = 0; i + 1 < groups.size(); i++) {
            List<Integer> earlier = reverse ? groups.get(i + 1) : groups.get(i);
            List<Integer> later = reverse ? groups.get(i) : groups.get(i + 1);
            assertTrue(Collections.max(earlier) < Collections.min(later), "lines in the log at " + groups);
        }
    }
}
