package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Operator;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.SharedVolume;
import com.tiredpixel.pgxl.it.Stage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Two machines that mount one volume, each with locks of its own: a FUSE mount for each sandbox, and in every second
 * round another boot number, as another kernel has it.
 */
@Faults
class TwoMachinesIT {
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private enum Fate {
        CLEAN_STOP, KILLED, AGENT_FROZEN
    }

    @Test
    void neverTwoPostmastersOnOneDirectory(Stage stage) {
        try (var row = new Row(6, "two machines race for one volume on a network file system", TwoMachinesIT.class)
                .opposite("`withTheLockOfEachKernelAloneTwoPostmastersShareADirectory`")) {
            for (int i = 0; i < Scale.times(5, 50); i++) {
                String round = "r" + i;
                Fate fate = Fate.values()[i % Fate.values().length];
                boolean anotherKernel = i % 2 == 1;
                row.round(() -> race(stage, round, fate, anotherKernel));
            }
            row.note("one ends by a clean stop, by `kill -9` of its pid 1, or its agent is frozen for 20 s, by turns;"
                    + " after `kill -9` nothing starts before the operator has done what the log says");
        }
    }

    private static void race(Stage stage, String round, Fate fate, boolean anotherKernel) {
        var volume = new SharedVolume(stage, Cluster.volume(stage));
        Sandbox.Plan one = stage.sandbox(round + "a", volume.mount());
        Sandbox.Plan other = stage.sandbox(round + "b", volume.mount());
        if (anotherKernel) {
            other.onAnotherMachine();
        }
        stage.wire();
        var starts = List.of(one, other).stream().map(plan -> CompletableFuture.supplyAsync(plan::start)).toList();
        List<Sandbox> both = starts.stream().map(CompletableFuture::join).toList();
        try (var watch = new Watch(both)) {
            for (Node node : Cluster.NODES) {
                Await.until(Await.LONG, "winner and loser of " + node.subject(), () ->
                        is(both.get(0), node, "RUNNING") && is(both.get(1), node, "LOCKED_OUT")
                                || is(both.get(1), node, "RUNNING") && is(both.get(0), node, "LOCKED_OUT"));
            }
            Sandbox first = both.get(0);
            Sandbox second = both.get(1);
            List<Node> ofFirst = Cluster.NODES.stream().filter(node -> is(first, node, "RUNNING")).toList();
            switch (fate) {
                case CLEAN_STOP -> assertEquals(0, first.stop(Duration.ofSeconds(30)));
                case KILLED -> {
                    first.kill();
                    nothingStarts(second, ofFirst);
                    ofFirst.forEach(node -> assertTrue(SharedVolume.followWayOut(second, node)));
                }
                case AGENT_FROZEN -> {
                    first.signal(19);
                    nothingStarts(second, ofFirst);
                    first.signal(18);
                    assertEquals(0, first.stop(Duration.ofSeconds(30)));
                }
            }
            for (Node node : Cluster.NODES) {
                Await.until(Await.LONG, "takeover of " + node.subject(), () -> is(second, node, "RUNNING"));
            }
            new Operator(stage, second).awaitSql(
                    Cluster.COORDINATOR, Integer.toString(Cluster.ROWS), "SELECT count(*) FROM kept");
            assertEquals(1, watch.most(), "servers on one directory at one time");
            assertEquals(0, second.stop(Duration.ofSeconds(30)));
        }
    }

    private static void nothingStarts(Sandbox second, List<Node> nodes) {
        Await.stays(SILENCE, "that nothing starts", () ->
                nodes.stream().noneMatch(node -> second.log().states(0, node).contains("STARTING")));
        nodes.forEach(node -> SharedVolume.awaitWayOut(second, node));
    }

    private static boolean is(Sandbox sandbox, Node node, String state) {
        List<String> states = sandbox.log().states(0, node);
        return !states.isEmpty() && states.get(states.size() - 1).equals(state);
    }

    /** Counts all the time how many servers there are. */
    private static final class Watch implements AutoCloseable {
        private final AtomicInteger most = new AtomicInteger();
        private final Thread thread;
        private volatile boolean over;

        Watch(List<Sandbox> sandboxes) {
            thread = new Thread(() -> {
                while (!over) {
                    Cluster.NODES.forEach(node ->
                            most.accumulateAndGet(Postmasters.on(sandboxes, node), Math::max));
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
            }, "watch");
            thread.setDaemon(true);
            thread.start();
        }

        int most() {
            return most.get();
        }

        @Override
        public void close() {
            over = true;
            try {
                thread.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The negative control: the agent takes the lock of its own kernel for enough, as it did on every file system. */
    @Test
    void withTheLockOfEachKernelAloneTwoPostmastersShareADirectory(Stage stage) {
        var volume = new SharedVolume(stage, Cluster.volume(stage));
        Node node = Cluster.DATANODE;
        Sandbox first = stage.sandbox("alone1", volume.mount()).set("PGXL_DIRECTORY_LOCK", "local").start();
        first.log().awaitState(0, node, "RUNNING");
        Sandbox second = stage.sandbox("alone2", volume.mount()).set("PGXL_DIRECTORY_LOCK", "local").start();
        Await.until(Await.LONG, "two postmasters", () -> Postmasters.on(List.of(first, second), node) == 2);
    }
}
