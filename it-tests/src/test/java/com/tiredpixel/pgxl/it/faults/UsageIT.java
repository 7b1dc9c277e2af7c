package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Kernel;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Ssh;
import com.tiredpixel.pgxl.it.Stage;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Memory, threads and descriptors of PID 1 under much of everything. */
@Faults
class UsageIT {
    /** Sessions that are over give back their threads and descriptors; some few belong to whoever asks. */
    private static final int SLACK = 12;
    private static final int MOST_KIBIBYTES = 160 * 1024;
    private static final int LIMIT = 256 << 20;
    private static final int GROWTH = 512;

    @Test
    void muchOfEverythingLeavesNothingBehind(Stage stage) throws Exception {
        muchOfEverything(stage, stage.sandbox("node", Cluster.volume(stage)), "", Scale.times(30, 200));
    }

    @Test
    void neitherWithAMemoryLimitOf256Megabytes(Stage stage) throws Exception {
        Optional<String> obstacle = Sandbox.obstacleToLimits();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        muchOfEverything(stage, stage.sandbox("node", Cluster.volume(stage))
                .limitedTo(Map.of("memory", Integer.toString(LIMIT))), " in 256 MB with idle servers", Scale.times(30, 200));
    }

    private static void muchOfEverything(Stage stage, Sandbox.Plan plan, String where, int atOnce) throws Exception {
        Cluster cluster = Cluster.start(stage, plan);
        Sandbox sandbox = cluster.sandbox();
        List<Integer> servers = servers(cluster);
        Ssh ssh = cluster.operator().ssh();
        int pid = sandbox.pid();
        for (int i = 0; i < 20; i++) {
            ssh.run("true").orFail();
        }
        long threads = threads(pid);
        long descriptors = descriptors(pid);
        int sessions = Scale.times(40, 1000);
        int megabytes = Scale.times(100, 2000);
        int line = Scale.times(20, 100);
        try (var row = new Row(8, "sessions in a row and at once, `scp`, a long line and `yes` on standard output" + where, UsageIT.class)
                .opposite("`openSessionsAreSeenInThreadsAndDescriptors`")) {
            for (int i = 0; i < sessions; i++) {
                row.round(() -> ssh.run("true").orFail());
            }
            List<Program> many = IntStream.range(0, atOnce).mapToObj(i -> ssh.start("sleep 1; exit 7")).toList();
            for (Program one : many) {
                row.round(() -> assertEquals(7, one.await(Duration.ofMinutes(2)).code()));
            }
            Path big = stage.directory().resolve("big");
            Program.run(Await.LONG, List.of("truncate", "-s", megabytes + "M", big.toString())).orFail();
            row.round(() -> Program.run(Duration.ofMinutes(10),
                    ssh.client("scp", big.toString(), ssh.target() + ":big")).orFail());
            row.round(() -> Program.run(Duration.ofMinutes(10),
                    ssh.client("scp", ssh.target() + ":big", big + ".back")).orFail());
            String out = "/proc/" + sandbox.nodePid(Cluster.COORDINATOR).orElseThrow() + "/fd/1";
            row.round(() -> sandbox.exec("postgres", "head -c " + line + "M /dev/zero | tr '\\0' x >" + out).orFail());
            row.round(() -> row.note("flat after " + secondsUntilFlat(pid, stage.keep(Program.start(Path.of("/dev/null"),
                    sandbox.inside("postgres", List.of("bash", "-c", "exec timeout 200 yes >" + out)))))
                    + " s of `yes`"));
            row.round(() -> Await.until(Duration.ofSeconds(90), "return to " + threads + " threads and " + descriptors
                    + " descriptors; now " + threads(pid) + " and " + descriptors(pid), () ->
                    threads(pid) <= threads + SLACK && descriptors(pid) <= descriptors + SLACK));
            row.round(() -> assertTrue(kibibytes(pid, "VmHWM") < MOST_KIBIBYTES, kibibytes(pid, "VmHWM") + " KiB"));
            row.round(() -> assertEquals(servers, servers(cluster), "a server was ended"));
            cluster.awaitRows(Cluster.COORDINATOR);
            row.note(sessions + " in a row, " + atOnce + " at once, " + megabytes + " MB each way, a line of " + line
                    + " MB; resident at most " + kibibytes(pid, "VmHWM") / 1024 + " MB, afterwards "
                    + kibibytes(pid, "VmRSS") / 1024 + " MB; threads " + threads + " → " + threads(pid)
                    + ", descriptors " + descriptors + " → " + descriptors(pid));
            if (!where.isEmpty()) {
                row.note("memory of the container at most " + Long.parseLong(peak(sandbox)) / 1_000_000 + " MB, file pages included");
            }
        }
    }

    /** How long memory still grew while the program wrote: the time after which it did not for ten seconds. */
    private static int secondsUntilFlat(int pid, Program writer) {
        long most = kibibytes(pid, "VmRSS");
        int flat = Scale.times(3, 10);
        int grown = 0;
        for (int second = 1; second - grown <= flat; second++) {
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            assertTrue(writer.isRunning(), "memory is not flat after " + second + " s");
            long now = kibibytes(pid, "VmRSS");
            if (now > most + GROWTH) {
                most = now;
                grown = second;
            }
        }
        writer.close();
        return grown;
    }

    /** The names of cgroup v1 and v2. */
    private static String peak(Sandbox sandbox) {
        try {
            return sandbox.ofCgroup("memory", "memory.peak");
        } catch (UncheckedIOException none) {
            return sandbox.ofCgroup("memory", "memory.max_usage_in_bytes");
        }
    }

    private static List<Integer> servers(Cluster cluster) {
        return Cluster.NODES.stream().map(node -> cluster.sandbox().nodePid(node).orElse(0)).toList();
    }

    /** The negative control: what is not given back is seen. */
    @Test
    void openSessionsAreSeenInThreadsAndDescriptors(Stage stage) throws Exception {
        Sandbox sandbox = stage.sandbox("node").start();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        long descriptors = descriptors(sandbox.pid());
        for (int i = 0; i < 20; i++) {
            ssh.start("exec sleep 300");
        }
        Await.until(Await.LONG, "more descriptors", () -> descriptors(sandbox.pid()) > descriptors + SLACK);
    }

    private static long threads(int pid) {
        return Long.parseLong(Kernel.status(pid, "Threads"));
    }

    private static long kibibytes(int pid, String field) {
        return Long.parseLong(Kernel.status(pid, field).replace(" kB", ""));
    }

    private static long descriptors(int pid) {
        String[] names = new java.io.File("/proc/" + pid + "/fd").list();
        return names == null ? 0 : names.length;
    }
}
