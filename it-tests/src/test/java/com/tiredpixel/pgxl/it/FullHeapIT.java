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
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage))
                .bind(classes(), "/opt/heap-filler")
                .set("PGXL_BACKOFF_MAX", "1s")
                .set("PGXL_JAVA_OPTIONS", "-cp /usr/local/lib/pgxl-agent/lib/pgxl-agent.jar:/opt/heap-filler "
                        + HeapFiller.class.getName()));
        Sandbox sandbox = cluster.sandbox();
        List<Long> logins = new ArrayList<>();
        List<Long> restarts = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            Pattern pattern = Pattern.values()[round % Pattern.values().length];
            String what = "round " + round + ", " + pattern;
            List<Integer> others = others(cluster);
            int mark = sandbox.log().mark();
            boolean during = round % 2 == 0;

            begin(sandbox, pattern);
            if (during) {
                pause(ATTACK.dividedBy(2));
                kill(sandbox);
            }
            long noMemory = awaitEnd(sandbox, what);
            long end = System.nanoTime();
            if (!during) {
                kill(sandbox);
            }
            Await.until(LOGIN, "login after " + what, () -> {
                assertTrue(sandbox.isRunning(), () -> "PID 1 has ended in " + what);
                return cluster.operator().ssh().run("true").code() == 0;
            });
            logins.add((System.nanoTime() - end) / 1_000_000);
            assertTrue(noMemory > 0, what + " has not filled the heap");
            sandbox.log().awaitState(mark, KILLED, "RUNNING");
            restarts.add((System.nanoTime() - end) / 1_000_000);
            assertEquals(others, others(cluster), what + " ended other servers");
            Pgxl pgxl = new Pgxl(sandbox);
            Await.until(Await.LONG, "status after " + what, () -> pgxl.run("status").code() == 0);
            cluster.awaitRows(KILLED);
        }
        System.out.println("MEASURED heap filled " + ROUNDS + " times for " + ATTACK.toSeconds()
                + " s: ms from its end to a login " + logins + ", to the killed server's RUNNING " + restarts);
        Files.writeString(Path.of("/tmp/life/agent.log"), sandbox.log().text()); // DEBUG
        sandbox.log().await(0, "OutOfMemoryError", Await.LONG);
        List<String> broken = sandbox.log().lines(0, "NoClassDefFoundError|Could not initialize class");
        assertEquals(List.of(), broken);
        assertEquals(0, sandbox.stop(Duration.ofSeconds(20)));
    }

    private static void begin(Sandbox sandbox, Pattern pattern) throws IOException {
        Files.deleteIfExists(sandbox.volume().resolve("heap-filled"));
        Path draft = Files.writeString(sandbox.volume().resolve("fill-draft"), pattern + " " + ATTACK.toMillis());
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
