package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Under another init, such as {@code docker run --init}, the agent is a child subreaper, and all the rest works. */
@OnStage
class NotPidOneIT {

    @Test
    void asAChildOfAnotherInitItAdoptsRestartsAndStops(Stage stage) {
        Cluster cluster = underAnotherInit(stage);
        Sandbox sandbox = cluster.sandbox();
        int mark = sandbox.log().mark();
        cluster.operator().crash(Cluster.DATANODE);
        mark = sandbox.log().awaitState(mark, Cluster.DATANODE, "RUNNING");
        cluster.operator().stop(Cluster.COORDINATOR).orFail();
        mark = sandbox.log().awaitState(mark, Cluster.COORDINATOR, "STOPPED");
        cluster.operator().start(Cluster.COORDINATOR).orFail();
        mark = sandbox.log().awaitState(mark, Cluster.COORDINATOR, "RUNNING");
        cluster.operator().crash(Cluster.COORDINATOR);
        sandbox.log().awaitState(mark, Cluster.COORDINATOR, "RUNNING");
        cluster.awaitRows(Cluster.COORDINATOR);
        assertEquals(0, sandbox.stop(Duration.ofSeconds(20)));
    }

    /** An orphan of {@code docker exec} falls to pid 1, which is not the agent here, nor an ancestor that would be asked. */
    @Test
    void aServerStartedByDockerExecIsSeenBroughtBackAndStoppedInOrder(Stage stage) throws IOException {
        Cluster cluster = underAnotherInit(stage);
        Sandbox sandbox = cluster.sandbox();
        for (Node node : Cluster.NODES) {
            int mark = sandbox.log().mark();
            sandbox.exec("postgres", restart(node)).orFail();
            sandbox.log().await(mark, node.subject() + ": STARTING: adopted pid", Await.LONG);
            mark = sandbox.log().awaitState(mark, node, "RUNNING");
            assertEquals("1", parentOf(sandbox, node), "else the test shows nothing");
            if (node == Cluster.DATANODE) {
                sandbox.exec("postgres", "kill -9 " + sandbox.nodePid(node).orElseThrow()).orFail();
                mark = sandbox.log().awaitState(mark, node, "RUNNING");
                sandbox.exec("postgres", restart(node)).orFail();
                sandbox.log().awaitState(mark, node, "RUNNING");
            }
        }
        cluster.awaitRows(Cluster.COORDINATOR);
        assertEquals(0, sandbox.stop(Duration.ofSeconds(30)));
        for (Node node : Cluster.NODES) {
            assertFalse(Files.exists(sandbox.volume().resolve(node.pidFile())), node.subject() + " went down in order");
        }
    }

    /** No orphan, and no child of anybody in the container: it cannot be supervised, but it is told to stop. */
    @Test
    void aServerThatDockerExecRunsInTheForegroundIsStoppedInOrderToo(Stage stage) throws IOException {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        Node node = Cluster.DATANODE;
        cluster.operator().stop(node).orFail();
        sandbox.log().awaitState(0, node, "STOPPED");
        stage.keep(Program.start(Path.of("/dev/null"), sandbox.inside(
                "postgres", List.of("bash", "-c", "exec postgres --datanode -D " + node.path() + " >/tmp/x.log 2>&1"))));
        Await.until(Await.LONG, "server in the foreground", () -> sandbox.nodePid(node).isPresent());
        cluster.awaitRows(Cluster.COORDINATOR);
        assertEquals(0, sandbox.stop(Duration.ofSeconds(30)));
        assertFalse(Files.exists(sandbox.volume().resolve(node.pidFile())));
        assertEquals(1, sandbox.log().lines(0, "sent SIGINT to pid .*, a postgres in " + node.directory()).size());
    }

    private static String restart(Node node) {
        String output = " -D " + node.path() + " >/tmp/restart.log 2>&1 </dev/null";
        return node.isPostgres()
                ? "pg_ctl restart -w -m fast -Z " + node.role().label() + " -o -i" + output
                : "gtm_ctl restart -Z " + node.role().label() + output;
    }

    private static String parentOf(Sandbox sandbox, Node node) {
        return sandbox.exec("root", "ps -o ppid= -p " + sandbox.nodePid(node).orElseThrow()).orFail().text().strip();
    }

    private static Cluster underAnotherInit(Stage stage) {
        return Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage)).command(
                "/bin/bash", "-c",
                "trap 'kill -TERM $agent' TERM; " + Sandbox.LAUNCHER
                        + " & agent=$!; while kill -0 $agent 2>/dev/null; do wait $agent; code=$?; done; exit $code"));
    }
}
