package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.it.HeapFiller.Pattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The heap of PID 1 is filled on purpose, to the last byte and again and again; the servers must not notice. */
@OnStage
class FullHeapIT {
    private static final int ROUNDS = Integer.getInteger("pgxl.full-heap.rounds", Pattern.values().length);
    private static final Duration ATTACK = Duration.ofSeconds(Integer.getInteger("pgxl.full-heap.seconds", 6));

    /** What is promised is ten; other work on the machine must not fail this test. */
    private static final Duration LOGIN = Duration.ofSeconds(20);

    private static final Node KILLED = Cluster.COORDINATOR;

    @Test
    void serversAreUntouchedAndAllWorksAgainWhenTheHeapWasFull(Stage stage) throws IOException {
        Cluster cluster = Cluster.start(stage, plan(stage));
        Sandbox sandbox = cluster.sandbox();
        List<Long> logins = new ArrayList<>();
        List<Long> restarts = new ArrayList<>();
        long noMemory = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Pattern pattern = Pattern.values()[round % Pattern.values().length];
            String what = "round " + round + ", " + pattern;
            List<Integer> others = others(cluster);
            int mark = sandbox.log().mark();
            boolean during = round % 2 == 0;

            begin(sandbox, pattern.toString(), ATTACK);
            if (during) {
                pause(ATTACK.dividedBy(2));
                kill(sandbox);
            }
            long ofThis = awaitEnd(sandbox, what);
            assertTrue(ofThis > 0, what + " has not filled the heap");
            noMemory += ofThis;
            long end = System.nanoTime();
            if (!during) {
                kill(sandbox);
            }
            awaitLogin(cluster, what);
            logins.add((System.nanoTime() - end) / 1_000_000);
            sandbox.log().awaitState(mark, KILLED, "RUNNING");
            restarts.add((System.nanoTime() - end) / 1_000_000);
            assertEquals(List.of(), sandbox.log().lines(mark, "nobody saw it end"), what + " lost an exit status");
            assertEquals(others, others(cluster), what + " ended other servers");
            Pgxl pgxl = new Pgxl(sandbox);
            Await.until(Await.LONG, "status after " + what, () -> pgxl.run("status").code() == 0);
            cluster.awaitRows(KILLED);
        }
        // The control: it was the agent's own loops that had no memory.
        for (String loop : List.of("failed looking after the nodes", "the reaper failed and goes on")) {
            sandbox.log().await(0, loop + ": java.lang.OutOfMemoryError", Await.LONG);
        }
        assertEquals(List.of(), sandbox.log().lines(0, "NoClassDefFoundError|Could not initialize class"));
        assertEquals(0, sandbox.stop(Duration.ofSeconds(20)));
        System.out.println("MEASURED heap filled " + ROUNDS + " times for " + ATTACK.toSeconds() + " s, " + noMemory
                + " times without memory: ms from its end to a login " + logins + ", to the killed server's RUNNING "
                + restarts);
    }

    /** Nobody sends a stop twice. */
    @Test
    void aStopThatComesWhileTheHeapIsFullIsCleanAllTheSame(Stage stage) throws IOException {
        for (Pattern pattern : List.of(Pattern.BLOCKS, Pattern.CRUMBS)) {
            Cluster cluster = Cluster.start(stage, plan(stage).set("PGXL_STOP_TIMEOUT", "40s"));
            begin(cluster.sandbox(), pattern.toString(), ATTACK);
            pause(ATTACK.dividedBy(2));
            assertEquals(0, cluster.sandbox().stop(Duration.ofSeconds(60)), () -> cluster.sandbox().log().text());
            assertEquals("shut down", cluster.controlState(KILLED));
        }
    }

    @Test
    void whoLogsInForTheFirstTimeAfterTheHeapWasFullGetsIn(Stage stage) throws IOException {
        Sandbox sandbox = plan(stage).start();
        Cluster.NODES.forEach(node -> sandbox.log().awaitState(0, node, "RUNNING"));
        begin(sandbox, Pattern.BLOCKS.toString(), ATTACK);
        awaitEnd(sandbox, "the first thing that happens");
        Cluster cluster = Cluster.on(stage, sandbox);
        kill(sandbox);
        cluster.awaitRows(KILLED);
        assertEquals(List.of(), sandbox.log().lines(0, "NoClassDefFoundError|Could not initialize class"));
        assertEquals(0, sandbox.stop(Duration.ofSeconds(20)));
    }

    @Test
    void whoeverCallsExitEndsNothing(Stage stage) throws IOException {
        Cluster cluster = Cluster.start(stage, plan(stage));
        begin(cluster.sandbox(), HeapFiller.EXIT, Duration.ZERO);
        awaitEnd(cluster.sandbox(), "exit");
        Await.stays(Duration.ofSeconds(2), "PID 1", cluster.sandbox()::isRunning);
        int mark = cluster.sandbox().log().mark();
        kill(cluster.sandbox());
        cluster.sandbox().log().awaitState(mark, KILLED, "RUNNING");
        assertEquals(0, cluster.sandbox().stop(Duration.ofSeconds(20)));
    }

    private static Sandbox.Plan plan(Stage stage) {
        return stage.sandbox("node", Cluster.volume(stage))
                .bind(classes(), "/opt/heap-filler")
                .set("PGXL_BACKOFF_MAX", "1s")
                .set("PGXL_JAVA_OPTIONS", "-cp /usr/local/lib/pgxl-agent/lib/pgxl-agent.jar:/opt/heap-filler "
                        + HeapFiller.class.getName());
    }

    private static void awaitLogin(Cluster cluster, String what) {
        Await.until(LOGIN, "login after " + what, () -> {
            assertTrue(cluster.sandbox().isRunning(), () -> "PID 1 has ended in " + what);
            return cluster.operator().ssh().run("true").code() == 0;
        });
    }

    private static void begin(Sandbox sandbox, String pattern, Duration time) throws IOException {
        Files.deleteIfExists(sandbox.volume().resolve("heap-filled"));
        Path draft = Files.writeString(sandbox.volume().resolve("fill-draft"), pattern + " " + time.toMillis());
        Kernel.giveToPostgres(draft);
        Files.move(draft, sandbox.volume().resolve("fill-heap"));
    }

    private static long awaitEnd(Sandbox sandbox, String what) throws IOException {
        Path report = sandbox.volume().resolve("heap-filled");
        Await.until(ATTACK.plus(Await.LONG), "end of " + what, () -> {
            assertTrue(sandbox.isRunning(), () -> "PID 1 has ended in " + what);
            try {
                return Files.exists(report) && Files.readString(report).endsWith("\n");
            } catch (IOException e) {
                return false;
            }
        });
        return Long.parseLong(Files.readString(report).strip());
    }

    private static void kill(Sandbox sandbox) {
        sandbox.exec("root", "kill -9 " + sandbox.nodePid(KILLED).orElseThrow()).orFail();
    }

    private static List<Integer> others(Cluster cluster) {
        return Cluster.NODES.stream().filter(node -> !node.equals(KILLED))
                .map(node -> cluster.sandbox().nodePid(node).orElse(0)).toList();
    }

    private static Path classes() {
        return Path.of(HeapFiller.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    private static void pause(Duration time) {
        java.util.concurrent.locks.LockSupport.parkNanos(time.toNanos());
    }
}
