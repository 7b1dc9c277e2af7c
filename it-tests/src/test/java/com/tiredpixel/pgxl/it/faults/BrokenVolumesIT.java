package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A volume that is full, locked, odd or gone: the agent lives, the other nodes are left alone, and repair is noticed. */
@Faults
class BrokenVolumesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** What is done to the coordinator's directory D, and what undoes it. */
    private static final Map<String, List<String>> DAMAGES = Map.of(
            "wrong owner", List.of("chown root $D", "chown postgres $D"),
            "no permission", List.of("chmod 000 $D", "chmod 700 $D"),
            "a FIFO as pid file", List.of("rm -f $D/postmaster.pid; mkfifo $D/postmaster.pid", "rm $D/postmaster.pid"),
            "a symlink loop as configuration",
            List.of("mv $D/postgresql.conf $D/kept; ln -s postgresql.conf $D/postgresql.conf",
                    "rm $D/postgresql.conf; mv $D/kept $D/postgresql.conf"),
            "a FIFO as pg_hba.conf, which PostgreSQL waits for",
            List.of("mv $D/pg_hba.conf $D/kept; mkfifo $D/pg_hba.conf", "echo >$D/pg_hba.conf & sleep 1; mv -f $D/kept $D/pg_hba.conf"));

    @Test
    void aDamagedDirectoryHarmsNobodyElseAndItsRepairIsNoticed(Stage stage) {
        try (var row = new Row(7, "wrong owner, no permission, FIFO, symlink loop in a node's directory", BrokenVolumesIT.class)
                .opposite("the node is down until the repair: asserted in the same test")) {
            DAMAGES.forEach((what, how) -> row.round(() -> {
                Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage))
                        .set("PGXL_BACKOFF_MAX", "2s"));
                Sandbox sandbox = cluster.sandbox();
                Node node = Cluster.COORDINATOR;
                int gtm = sandbox.nodePid(Cluster.GTM).orElseThrow();
                int pid = sandbox.nodePid(node).orElseThrow();
                int mark = sandbox.log().mark();
                sandbox.exec("root", "kill -9 " + pid + "; D=" + node.path() + "; " + how.get(0)).orFail();
                Await.stays(Duration.ofSeconds(2), what + ": that it is down", () ->
                        sandbox.log().lines(mark, node.subject() + ": RUNNING").isEmpty());
                assertEquals(gtm, sandbox.nodePid(Cluster.GTM).orElseThrow(), what);
                assertEquals(0, cluster.operator().ssh().run("true").code(), what);
                int repaired = sandbox.log().mark();
                long start = System.nanoTime();
                sandbox.exec("root", "D=" + node.path() + "; " + how.get(1)).orFail();
                sandbox.log().await(repaired, node.subject() + ": RUNNING", PATIENCE);
                row.timed(start);
                cluster.awaitRows(node);
            }));
            row.note("the times are from the repair to RUNNING, with waits of at most 2 s");
        }
    }

    @Test
    void aFullDiskIsOutlivedAndTheNodesComeBackWithEveryAcknowledgedRow(Stage stage) {
        Path volume = stage.newDirectory("small");
        mount(stage, volume, "mount -t tmpfs -o size=900m,mode=700 tmpfs " + volume);
        Program.run(Await.LONG, List.of("cp", "-a", Cluster.volume(stage) + "/.", volume.toString())).orFail();
        Program.run(Await.LONG, List.of("chown", "999:999", volume.toString())).orFail();
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", volume).set("PGXL_BACKOFF_MAX", "2s"));
        Sandbox sandbox = cluster.sandbox();
        try (var row = new Row(7, "a full disk under load", BrokenVolumesIT.class)
                        .opposite("no commit while it is full: asserted in the same test");
                var load = new Load(cluster, cluster.keeper(Cluster.DATANODE))) {
            for (int i = 0; i < Scale.times(1, 10); i++) {
                row.round(() -> {
                    sandbox.exec("postgres", "cat /dev/zero >/var/lib/postgres/fill; for n in 1 2 3; do"
                            + " truncate -s 0 /var/lib/postgres/none 2>/dev/null; done; true");
                    int pid = sandbox.nodePid(Cluster.DATANODE).orElse(0);
                    sandbox.exec("root", "kill -9 " + pid);
                    Await.stays(Duration.ofSeconds(3), "that PID 1 lives", sandbox::isRunning);
                    assertEquals(0, cluster.operator().ssh().run("true").code());
                    int before = load.commits();
                    Await.stays(Duration.ofSeconds(1), "that nothing is committed", () -> load.commits() == before);
                    long start = System.nanoTime();
                    sandbox.exec("root", "rm /var/lib/postgres/fill").orFail();
                    load.awaitCommit(PATIENCE);
                    row.timed(start);
                });
            }
            var missing = load.missing();
            row.count(1, missing.isEmpty() ? 1 : 0, "missing: " + missing);
            row.note(load.commits() + " commits acknowledged, " + missing.size() + " missing; times: room to next commit");
        }
    }

    @Test
    void aReadOnlyVolumeAndOneThatDisappears(Stage stage) {
        try (var row = new Row(7, "a volume that becomes read-only, and one that disappears", BrokenVolumesIT.class)
                .opposite("the node does not start on it: asserted in the same test")) {
            row.round(() -> {
                Path volume = Cluster.volume(stage);
                mount(stage, volume, "mount --bind " + volume + " " + volume);
                Cluster cluster = Cluster.start(stage, stage.sandbox("ro", volume).set("PGXL_BACKOFF_MAX", "2s"));
                Sandbox sandbox = cluster.sandbox();
                String inside = "nsenter -t " + sandbox.pid() + " -m mount -o remount,bind,";
                shell(inside + "ro /var/lib/postgres");
                int mark = sandbox.log().mark();
                sandbox.exec("root", "kill -9 " + sandbox.nodePid(Cluster.COORDINATOR).orElseThrow()).orFail();
                Await.stays(Duration.ofSeconds(3), "that it is down, and PID 1 is not", () -> sandbox.isRunning()
                        && sandbox.log().lines(mark, Cluster.COORDINATOR.subject() + ": RUNNING").isEmpty());
                shell(inside + "rw /var/lib/postgres");
                long start = System.nanoTime();
                sandbox.log().await(mark, Cluster.COORDINATOR.subject() + ": RUNNING", PATIENCE);
                row.timed(start);
                cluster.awaitRows(Cluster.COORDINATOR);
            });
            row.round(() -> {
                Cluster cluster = Cluster.start(stage);
                Sandbox sandbox = cluster.sandbox();
                shell("nsenter -t " + sandbox.pid() + " -m umount -l /var/lib/postgres");
                Await.stays(Duration.ofSeconds(4), "that PID 1 lives", sandbox::isRunning);
                sandbox.exec("root", "kill -9 $(pgrep -x postgres) $(pgrep -x gtm)");
                Await.stays(Duration.ofSeconds(3), "that PID 1 lives", sandbox::isRunning);
                int code = sandbox.stop(Duration.ofSeconds(20));
                assertTrue(code == 0 || code == 1, "exit " + code);
            });
        }
    }

    @Test
    void oddNamesAndManyFilesDelayNoNode(Stage stage) {
        int files = Scale.times(20_000, 1_000_000);
        try (var row = new Row(7, "a megabyte of odd names, and very many files, beside the nodes", BrokenVolumesIT.class)
                .opposite("none: a start that takes longer is seen in the time")) {
            row.round(() -> {
                Path volume = Cluster.volume(stage);
                shell("cd " + volume + " && perl -e 'for $i (1 .. 4200) { mkdir(sprintf(\"%05d\", $i) . \"\\n\\e[31m\\xff`id`$(x)\" x 15) or die $! }'"
                        + " && mkdir many && cd many && perl -e 'for $i (1 .. " + files + ") { open F, \">\", $i or die $! }'"
                        + " && mkdir ../loop && ln -s . ../loop/loop && chown -R 999:999 " + volume);
                long start = System.nanoTime();
                Cluster cluster = Cluster.start(stage, stage.sandbox("node", volume));
                row.timed(start);
                cluster.awaitRows(Cluster.COORDINATOR);
                assertEquals(0, cluster.sandbox().stop(Duration.ofSeconds(20)));
                Program.run(Duration.ofMinutes(10), List.of("rm", "-rf", volume.toString())).orFail();
            });
            row.note(files + " files, 4,200 names of 240 bytes; the time is from the start of the container to RUNNING");
        }
    }

    private static void mount(Stage stage, Path directory, String command) {
        shell(command);
        stage.keep(() -> shell("umount -l " + directory));
    }

    private static void shell(String command) {
        Program.run(Duration.ofMinutes(10), List.of("bash", "-euc", command)).orFail();
    }
}
