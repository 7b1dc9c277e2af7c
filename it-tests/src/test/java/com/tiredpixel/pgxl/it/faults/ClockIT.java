package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The time of day jumps an hour under the agent and its servers. No namespace has a time of day of its own, so
 * libfaketime stands between them and the kernel; it leaves the monotonic clock alone, as the kernel does.
 */
@Faults
class ClockIT {
    private static final int HOUR = 3600;
    private static final int TOLERANCE = 120;
    private static final Node NODE = Cluster.COORDINATOR;
    private static final Duration BUDGET = Duration.ofSeconds(10);

    @Test
    void noWaitOfTheAgentGoesByTheTimeOfDay(Stage stage) throws IOException {
        Optional<Path> library = library();
        assumeTrue(library.isPresent(), "no libfaketimeMT.so.1 here");
        Path offset = stage.newDirectory("clock").resolve("offset");
        set(offset, 0);
        Cluster cluster = Cluster.start(stage, plan(stage, library.get(), offset));
        Sandbox sandbox = cluster.sandbox();
        try (var row = new Row(9, "the time of day jumps an hour forward and back while a server waits for its restart",
                ClockIT.class).opposite("the log and `SELECT now()` show the jump: asserted in the same test")) {
            for (int i = 0; i < Scale.times(1, 10); i++) {
                for (int jump : new int[] {HOUR, 0, -HOUR, 0}) {
                    row.round(() -> {
                        Program session = cluster.operator().ssh().start("sleep 1; exit 7");
                        int mark = sandbox.log().mark();
                        long start = System.nanoTime();
                        cluster.operator().crash(NODE);
                        sandbox.log().await(mark, NODE.subject() + ": SETTLING: ", Await.LONG);
                        set(offset, jump);
                        sandbox.log().awaitState(mark, NODE, "RUNNING");
                        row.timed(start);
                        cluster.awaitRows(NODE);
                        assertEquals(7, session.await(Await.LONG).code());
                        Await.until(Await.LONG, "jump of " + jump + " s in the log", () -> isJump(jump, ofTheAgent(cluster)));
                        Await.until(Await.LONG, "jump of " + jump + " s of a server", () -> isJump(jump, ofTheServer(cluster)));
                    });
                }
            }
            row.round(() -> {
                long start = System.nanoTime();
                sandbox.signal(15);
                set(offset, HOUR);
                assertEquals(0, sandbox.exitCode(Await.LONG));
                assertTrue(System.nanoTime() - start < BUDGET.toNanos(), "the stop took longer than its budget");
            });
            row.note("with an open session; the last jump in the middle of a stop; restarts wait 2 s at most");
        }
    }

    private static Sandbox.Plan plan(Stage stage, Path library, Path offset) throws IOException {
        // The agent passes nothing of its environment on to servers.
        Path bin = Files.createDirectories(stage.directory().resolve("faked/bin"));
        String settings = "LD_PRELOAD=" + library + " FAKETIME_TIMESTAMP_FILE=/opt/clock/offset FAKETIME_CACHE_DURATION=1"
                + " FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1";
        for (String program : List.of("postgres", "gtm", "gtm_proxy")) {
            Path wrapper = Files.writeString(bin.resolve(program), "#!/bin/sh\nexport " + settings
                    + "\nexec /usr/local/lib/postgres/bin/" + program + " \"$@\"\n");
            assertTrue(wrapper.toFile().setExecutable(true, false));
        }
        Sandbox.Plan plan = stage.sandbox("node", Cluster.volume(stage))
                .bind(offset.getParent(), "/opt/clock").bind(bin.getParent(), "/opt/faked")
                .set("PGXL_PREFIX", "/opt/faked").set("PGXL_BACKOFF_MAX", "2s");
        for (String setting : settings.split(" ")) {
            plan.set(setting.split("=")[0], setting.split("=")[1]);
        }
        return plan;
    }

    private static Optional<Path> library() {
        return Program.run(Await.LONG, List.of("find", "/usr/lib", "/usr/lib64", "-name", "libfaketimeMT.so.1"))
                .text().lines().findFirst().map(Path::of);
    }

    private static void set(Path offset, int seconds) throws IOException {
        Path draft = Files.writeString(offset.resolveSibling("draft"), String.format("%+d%n", seconds));
        Files.move(draft, offset, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    /** The time at which the agent wrote its last line. */
    private static Instant ofTheAgent(Cluster cluster) {
        cluster.operator().ssh().run("true").orFail();
        List<String> lines = cluster.sandbox().log().lines(0, " ssh.audit: ");
        return Instant.parse(lines.get(lines.size() - 1).replaceAll(" .*", ""));
    }

    private static Instant ofTheServer(Cluster cluster) {
        return Instant.ofEpochSecond(Long.parseLong(cluster.operator()
                .sql(NODE, "SELECT extract(epoch FROM clock_timestamp())::bigint").orFail().text()));
    }

    private static boolean isJump(int expected, Instant seen) {
        return Math.abs(Duration.between(Instant.now(), seen).toSeconds() - expected) < TOLERANCE;
    }
}
