package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands in a pid file of a dead server does not stop its next start, and harms nobody. */
@OnStage
class StalePidFileIT {

    static Stream<Arguments> leftBehind() {
        return Stream.of(Cluster.GTM, Cluster.DATANODE).flatMap(node -> Stream.of(
                "", "garbage", "-1", "1", "99999999", "4294967297", "32768\n"
        ).map(content -> Arguments.of(node, content)));
    }

    @ParameterizedTest
    @MethodSource("leftBehind")
    void anOldPidFileDoesNotStopTheStartOfASandbox(Node node, String content, Stage stage) throws IOException {
        Path volume = Cluster.volume(stage);
        write(volume, node, content);
        Cluster.start(stage, stage.sandbox("node", volume)).awaitRows(node);
    }

    /** In a container pids are small and repeat, and to {@code kill(pid, 0)} a thread is as good as a process. */
    @ParameterizedTest
    @MethodSource("leftBehindByThread")
    void thePidOfAThreadOfPidOneDoesNotStopTheStart(Node node, Stage stage) throws IOException {
        Sandbox first = stage.sandbox("first").start();
        new Ssh(stage, first).awaitLogin();
        String thread = aThread(first);

        Path volume = Cluster.volume(stage);
        write(volume, node, thread + "\n" + node.path() + "\n1\n");
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", volume));
        assertTrue(threads(cluster.sandbox()).contains(thread), "the test missed: " + thread + " is no thread now");
        cluster.awaitRows(node);
    }

    static Stream<Node> leftBehindByThread() {
        return Stream.of(Cluster.GTM, Cluster.COORDINATOR);
    }

    /** The postmaster's lock beside its second socket, and the pooler's, which an immediate shutdown leaves behind. */
    @Test
    void staleLocksInEveryConfiguredSocketDirectoryDoNotStopTheStart(Stage stage) throws IOException {
        Sandbox other = stage.sandbox("other").start();
        new Ssh(stage, other).awaitLogin();
        Node node = Cluster.DATANODE;
        Path volume = Cluster.volume(stage);
        String content = aThread(other) + "\n" + node.path() + "\n1\n" + node.port() + "\n" + Node.HOME + "/s1\n";
        Path configuration = volume.resolve(node.directory() + "/postgresql.conf");
        Files.writeString(configuration, Files.readString(configuration)
                + "unix_socket_directories = '" + Node.HOME + "/s1, " + Node.HOME + "/s2'\n");
        for (String directory : List.of("s1", "s2")) {
            Kernel.giveToPostgres(Files.createDirectory(volume.resolve(directory)));
        }
        for (String lock : List.of(
                "s2/.s.PGSQL." + node.port() + ".lock", "s1/.s.PGPOOL." + node.poolerPort() + ".lock")) {
            Kernel.giveToPostgres(Files.writeString(volume.resolve(lock), content));
        }
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", volume));
        cluster.awaitRows(node);
        assertEquals(2, cluster.sandbox().log().lines(0, "removed the stale .*\\.lock").size());
        assertEquals(List.of(), cluster.sandbox().log().lines(0, "BACKING_OFF"));
    }

    /** Before each start of a GTM {@code pgxc_ctl} runs {@code gtm_ctl stop} if there is a pid file. */
    @Test
    void theOperatorsStartOfAHeldGtmDoesNotStopPidOneByANumberOfItsThreads(Stage stage) throws IOException {
        Cluster cluster = heldGtm(stage);
        Sandbox sandbox = cluster.sandbox();
        write(sandbox.volume(), Cluster.GTM, aThread(sandbox) + "\n" + Cluster.GTM.path() + "\n1\n");
        sandbox.kill();
        sandbox.exitCode(Await.LONG);
        Sandbox next = stage.sandbox("next", sandbox.volume()).start();
        var operator = new Operator(stage, next);
        next.log().awaitState(0, Cluster.GTM, "HELD");
        operator.start(Cluster.GTM).orFail();
        next.log().awaitState(0, Cluster.GTM, "RUNNING");
        assertEquals(List.of(), next.log().lines(0, "the container stops"));
    }

    /** The negative control: a pid file that comes later than the agent's look. */
    @Test
    void gtmCtlStopsPidOneByTheNumberOfAThread(Stage stage) throws IOException {
        Cluster cluster = heldGtm(stage);
        Sandbox sandbox = cluster.sandbox();
        write(sandbox.volume(), Cluster.GTM, aThread(sandbox) + "\n" + Cluster.GTM.path() + "\n1\n");
        cluster.operator().start(Cluster.GTM);
        sandbox.log().await(0, "the container stops", Await.LONG);
    }

    private static Cluster heldGtm(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        new Pgxl(cluster.sandbox()).await().run("hold", Cluster.GTM.directory()).orFail();
        cluster.operator().stop(Cluster.GTM).orFail();
        cluster.sandbox().log().awaitState(0, Cluster.GTM, "HELD");
        return cluster;
    }

    private static String aThread(Sandbox sandbox) {
        List<String> threads = threads(sandbox);
        return threads.get(threads.size() / 3);
    }

    @Test
    void thePidOfAStrangerOrAZombieDoesNotStopTheStartAndTheStrangerLivesOn(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Ssh ssh = cluster.operator().ssh();
        Node node = Cluster.DATANODE;
        ssh.start("exec sleep 301");
        // Its child is a zombie for as long as it sleeps: nobody waits for it.
        ssh.start("sleep 0.1 & exec sleep 302");
        Sandbox sandbox = cluster.sandbox();
        String stranger = sandbox.exec("root", "until pgrep -f '^sleep 301$'; do sleep 0.1; done").text();
        String zombie = sandbox.exec("root",
                "until ps -eo stat=,pid= | grep '^Z'; do sleep 0.1; done").text().split("\\s+")[1];
        for (String pid : List.of(stranger, zombie)) {
            int mark = sandbox.log().mark();
            ssh.run("f=" + node.path() + "/postmaster.pid; p=$(head -n 1 $f); kill -9 $p; sed -i 1s/.*/" + pid + "/ $f")
                    .orFail();
            sandbox.log().awaitState(mark, node, "RUNNING");
            cluster.awaitRows(node);
        }
        assertEquals(stranger, sandbox.exec("root", "pgrep -f '^sleep 301$'").text());
    }

    private static void write(Path volume, Node node, String content) throws IOException {
        Path file = Files.writeString(volume.resolve(node.pidFile()), content);
        Kernel.giveToPostgres(file);
    }

    private static List<String> threads(Sandbox sandbox) {
        return sandbox.exec("root", "ls /proc/1/task").orFail().text().lines()
                .filter(thread -> !thread.equals("1"))
                .sorted(java.util.Comparator.comparing(Integer::valueOf))
                .toList();
    }

    @Test
    void aServerThatLeavesItsPidFileAtEveryCrashComesBackEveryTime(Stage stage) {
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage))
                .set("PGXL_BACKOFF_FIRST", "100ms").set("PGXL_BACKOFF_MAX", "200ms"));
        Node node = Cluster.GTM;
        for (int round = 0; round < 5; round++) {
            int mark = cluster.sandbox().log().mark();
            cluster.operator().crash(node);
            cluster.sandbox().log().awaitState(mark, node, "RUNNING");
        }
        assertEquals(0, cluster.sandbox().stop(Duration.ofSeconds(20)));
    }
}
