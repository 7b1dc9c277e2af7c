package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A file system that does not answer stops neither the other nodes, nor SSH, nor the stop of the container. */
@OnStage
class SilentVolumeIT {
    private static final Node SILENT = Cluster.DATANODE;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(9);
    /** What the end of a container takes beside the stop of its servers, on a busy machine. */
    private static final Duration SLACK = Duration.ofSeconds(15);

    /** Only one directory lies on FUSE, with no place beside it for the record of an owner, and no other machine mounts it. */
    private static Sandbox.Plan plan(Stage stage, Path volume) {
        return stage.sandbox("node", volume).set("PGXL_DIRECTORY_LOCK", "local");
    }

    @Test
    void theOtherNodesComeBackAndPeopleLogInWhileTheDirectoryOfOneDoesNotAnswer(Stage stage) {
        Path volume = Cluster.volume(stage);
        var mount = new SilentMount(stage, volume.resolve(SILENT.directory()));
        Cluster cluster = Cluster.start(stage, plan(stage, volume));
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        int mark = sandbox.log().mark();
        mount.fallSilent();

        for (Node other : List.of(Cluster.COORDINATOR, Cluster.GTM)) {
            int killed = sandbox.log().mark();
            sandbox.exec("root", "kill -9 " + sandbox.nodePid(other).orElseThrow()).orFail();
            sandbox.log().awaitState(killed, other, "RUNNING");
        }
        assertEquals("in", cluster.operator().ssh().run("echo in").text());
        sandbox.log().await(mark, SILENT.subject() + ": .* does not answer: nothing is done about this node", Await.LONG);
        assertTrue(pgxl.answers("/live", 200));
        String status = pgxl.run("status").orFail().text();
        assertTrue(status.lines().anyMatch(line -> line.contains(SILENT.directory()) || line.contains(SILENT.name())), status);
        Program.Result refused = pgxl.run("stop", SILENT.directory());
        assertEquals(1, refused.code(), refused::toString);
        assertTrue(refused.error().contains("its directory does not answer"), refused::toString);
        String explained = pgxl.run("explain").orFail().text();
        assertTrue(explained.contains(SILENT.directory() + ": datanode; it does not answer"), explained);
        assertTrue(explained.contains(Cluster.COORDINATOR.directory() + ": coordinator, port"), explained);

        int answered = sandbox.log().mark();
        mount.answer();
        sandbox.log().await(answered, SILENT.subject() + ": .* answers again, after", Await.LONG);
        assertEquals(0, pgxl.run("stop", SILENT.directory()).code());
        assertEquals(0, sandbox.stop(Duration.ofSeconds(60)));
    }

    /** Its server hangs in the same directory, and so does the thread of the agent that asked for it. */
    @Test
    void aContainerStopsInTimeWhileADirectoryDoesNotAnswer(Stage stage) {
        Path volume = Cluster.volume(stage);
        var mount = new SilentMount(stage, volume.resolve(SILENT.directory()));
        Sandbox sandbox = Cluster.start(stage, plan(stage, volume)).sandbox();
        int mark = sandbox.log().mark();
        mount.fallSilent();
        sandbox.log().await(mark, SILENT.subject() + ": .* does not answer", Await.LONG);
        assertStopsInTime(sandbox);
        sandbox.log().await(mark, SILENT.subject() + ": its directory does not answer: fast shutdown, sent SIGINT", SLACK);
    }

    /** A container begins anew beside a directory that hangs, and that one is found when it answers. */
    @Test
    void theNodesBesideADirectoryThatDoesNotAnswerStartAndItStartsWhenItDoes(Stage stage) {
        Path volume = Cluster.volume(stage);
        var mount = new SilentMount(stage, volume.resolve(SILENT.directory()));
        mount.fallSilent();
        Sandbox sandbox = plan(stage, volume).start();
        sandbox.log().awaitState(0, Cluster.GTM, "RUNNING");
        sandbox.log().awaitState(0, Cluster.COORDINATOR, "RUNNING");
        sandbox.log().await(0, SILENT.path() + " does not answer: a node in it was not looked for", Await.LONG);
        mount.answer();
        sandbox.log().awaitState(0, SILENT, "RUNNING");
        assertEquals(0, sandbox.stop(Duration.ofSeconds(60)));
    }

    @Test
    void sessionsGoOnAndLoginsAreRefusedInTimeWhileTheWholeVolumeDoesNotAnswer(Stage stage) {
        Path volume = Cluster.volume(stage);
        var mount = new SilentMount(stage, volume);
        Cluster cluster = Cluster.start(stage, plan(stage, volume));
        Sandbox sandbox = cluster.sandbox();
        Ssh ssh = cluster.operator().ssh();
        Program printing = ssh.start("cd /; while sleep 0.5; do echo tick; done");
        // A path of the stage would be too long for a socket.
        String control = "/tmp/pgxl-control-" + ProcessHandle.current().pid();
        stage.keep(() -> java.nio.file.Files.deleteIfExists(Path.of(control)));
        stage.keep(Program.start(Path.of("/dev/null"), ssh.commandLine(
                List.of("-M", "-S", control, "-o", "ControlPersist=no"), "cd /; exec sleep 600")));
        Await.until(Await.LONG, "ticks", () -> printing.outputSoFar().contains("tick"));
        Await.until(Await.LONG, "a connection to share", () -> java.nio.file.Files.exists(Path.of(control)));
        int mark = sandbox.log().mark();
        mount.fallSilent();

        long start = System.nanoTime();
        assertEquals(255, ssh.run("true").code());
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(took.compareTo(Duration.ofSeconds(60)) < 0, took.toString());
        sandbox.log().await(mark, "login refused, .*authorized_keys does not answer, for 10 s", Await.LONG);

        // A start that hangs in its directory: it must not keep the reaper from its work.
        Program hanging = stage.keep(Program.start(Path.of("/dev/null"), ssh.commandLine(List.of("-S", control), "true")));
        sandbox.exec("root", "cd /; for i in 1 2 3; do (sleep 0.2 &) ; done; sleep 1").orFail();
        Await.until(Await.LONG, "no zombie", () -> sandbox.exec("root", "cd /; ps -eo stat=,ppid=").orFail().text().lines()
                .noneMatch(line -> line.matches("Z\\S*\\s+1")));
        assertTrue(hanging.isRunning(), "it hangs, or the test shows nothing");
        int ticks = printing.outputSoFar().length();
        Await.until(Await.LONG, "more ticks", () -> printing.outputSoFar().length() > ticks);
        assertTrue(new Pgxl(sandbox).answers("/live", 200));
        assertStopsInTime(sandbox);
    }

    /** Nothing runs yet, and the main thread hangs. */
    @Test
    void aStopIsObeyedByAContainerWhoseVolumeHasNotAnsweredSinceItsStart(Stage stage) {
        Path volume = stage.volume();
        var mount = new SilentMount(stage, volume);
        mount.fallSilent();
        Sandbox sandbox = plan(stage, volume).start();
        sandbox.log().await(0, "pgxl-agent starts as pid 1", Await.LONG);
        long start = System.nanoTime();
        int code = sandbox.stop(Duration.ofSeconds(30));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertEquals(71, code, sandbox.log().text());
        assertTrue(took.compareTo(STOP_TIMEOUT.plus(SLACK)) < 0, took.toString());
    }

    private static void assertStopsInTime(Sandbox sandbox) {
        long start = System.nanoTime();
        int code = sandbox.stop(STOP_TIMEOUT.plus(SLACK).plusSeconds(10));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.println("MEASURED stop with a directory that does not answer: " + took.toMillis() + " ms, exit " + code);
        assertNotEquals(137, code, "it had to be killed");
        assertTrue(took.compareTo(STOP_TIMEOUT.plus(SLACK)) < 0, took.toString());
    }
}
