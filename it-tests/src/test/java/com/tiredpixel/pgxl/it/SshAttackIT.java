package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The attacker of {@code SshAttackTest}, over a network, against PID 1 with the servers of a cluster below it. Which heap
 * the agent has, and that it is full without the bounds, is asserted there.
 */
@OnStage
class SshAttackIT {
    private static final String PEERS = "10.99.250.2";
    private static final int NUMBER = Integer.getInteger("attack.number", 100);
    private static final long SEED = Long.getLong("attack.seed", System.nanoTime());

    @Test
    void whateverPeersDoToTheSshServerTheDatabasesDoNotNotice(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        Program.run(Await.LONG, stage.wire().outside(
                List.of("ip", "address", "add", PEERS + "/16", "dev", "wire"))).orFail();
        List<Integer> before = pids(cluster);
        int mark = sandbox.log().mark();
        Program attack = stage.keep(Program.start(Path.of("/dev/null"), stage.wire().outside(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx256m",
                "-cp", Places.MODULE.resolveSibling("agent/target/test-classes").toString(),
                "com.tiredpixel.pgxl.agent.ssh.peer.Attack", PEERS, sandbox.address(), sandbox.sshPort(),
                "postgres", stage.key().toString(), Long.toString(SEED), Integer.toString(NUMBER), "240"))));
        int asked = 0;
        while (attack.isRunning()) {
            // The operator logs in, and asks the database.
            cluster.awaitRows(Cluster.COORDINATOR);
            asked++;
        }
        Program.Result result = attack.await(Duration.ofSeconds(20)).orFail();
        System.out.println("MEASURED " + result.text() + ", " + asked + " questions answered meanwhile");
        assertTrue(result.text().startsWith(2 * NUMBER + " peers"), result::toString);
        assertTrue(result.text().endsWith("floods that nobody ended []"), result::toString);
        assertTrue(asked > 0, result::toString);
        assertEquals(before, pids(cluster));
        assertEquals(List.of(), sandbox.log().lines(mark, "OutOfMemory|heap space"));
        assertEquals(0, sandbox.stop(Duration.ofSeconds(20)));
    }

    private static List<Integer> pids(Cluster cluster) {
        return Cluster.NODES.stream().map(node -> cluster.sandbox().nodePid(node).orElse(0)).toList();
    }
}
