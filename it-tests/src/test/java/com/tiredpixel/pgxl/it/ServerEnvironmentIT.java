package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Variables stand in {@code ~/.bashrc}, as for extensions with libraries of their own: each start needs them. */
@OnStage
class ServerEnvironmentIT {
    private static final String LIBRARIES = "LD_LIBRARY_PATH=/opt/oracle";

    static List<Node> nodes() {
        return List.of(Cluster.GTM, Cluster.DATANODE);
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void whatPgxcCtlsStartHadTheAgentsStartHasTooInTheNextContainerAsWell(Node node, Stage stage) throws IOException {
        Path volume = Cluster.volume(stage);
        Kernel.giveToPostgres(Files.writeString(volume.resolve(".bashrc"),
                "export " + LIBRARIES + " AWS_SECRET_ACCESS_KEY='two words'\n"));
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", volume));
        Sandbox sandbox = cluster.sandbox();
        int mark = sandbox.log().mark();
        cluster.operator().stop(node).orFail();
        sandbox.log().awaitState(mark, node, "STOPPED");
        cluster.operator().start(node).orFail();
        sandbox.log().await(mark, node.subject() + ": keeps for later starts .*: AWS_SECRET_ACCESS_KEY, LD_LIBRARY_PATH$",
                Await.LONG);
        mark = sandbox.log().awaitState(mark, node, "RUNNING");
        check(sandbox, node);
        assertTrue(variables(sandbox, node).stream().anyMatch(name -> name.startsWith("SSH_CONNECTION=")), "a session started it");

        cluster.operator().crash(node);
        sandbox.log().awaitState(mark, node, "RUNNING");
        check(sandbox, node);
        assertTrue(variables(sandbox, node).stream().noneMatch(name -> name.startsWith("SSH_CONNECTION=")), "the agent started it");

        sandbox.stop(java.time.Duration.ofSeconds(20));
        Sandbox next = stage.sandbox("next", volume).start();
        next.log().awaitState(0, node, "RUNNING");
        check(next, node);
        assertEquals("600", next.exec("postgres", "stat -c %a ~/.pgxl/environment/* | sort -u").orFail().text().strip());
        assertEquals(List.of(), next.log().lines(0, "two words"));
    }

    private static void check(Sandbox sandbox, Node node) {
        List<String> variables = variables(sandbox, node);
        assertTrue(variables.contains(LIBRARIES), variables.toString());
        assertTrue(variables.contains("AWS_SECRET_ACCESS_KEY=two words"), variables.toString());
    }

    private static List<String> variables(Sandbox sandbox, Node node) {
        return sandbox.exec("postgres", "tr '\\0' '\\n' </proc/" + sandbox.nodePid(node).orElseThrow() + "/environ")
                .orFail().text().lines().toList();
    }

    /** The negative control, and the rule: what the container has does not reach a server by itself. */
    @Test
    void aVariableOfTheContainerReachesNoServer(Stage stage) {
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage))
                .set("LD_LIBRARY_PATH", "/opt/of-the-container"));
        assertTrue(variables(cluster.sandbox(), Cluster.DATANODE).stream()
                .noneMatch(variable -> variable.startsWith("LD_LIBRARY_PATH=")));
    }
}
