package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The sandbox itself, with a shell as PID 1: what the other tests take for granted. */
@OnStage
class SandboxIT {

    private static Sandbox.Plan shell(Stage stage, String script) {
        return stage.sandbox("shell").command("/bin/bash", "-c", script);
    }

    @Test
    void theCommandIsPidOneAndSeesNoProcessOfTheHost(Stage stage) {
        Sandbox sandbox = shell(stage, "echo I am $$; read -r -t 60 _ < <(sleep 60)").start();
        sandbox.log().await("I am 1");
        assertTrue(sandbox.exec("root", "ps -e -o pid= | wc -l").text().strip().length() <= 2);
    }

    @Test
    void theExitCodeOfPidOneComesBack(Stage stage) {
        assertEquals(7, shell(stage, "exit 7").start().exitCode(Await.LONG));
    }

    @Test
    void aStopSendsTermAndThenKills(Stage stage) {
        Sandbox polite = shell(stage, "trap 'exit 3' TERM; echo up; while :; do sleep 0.1; done").start();
        polite.log().await("up");
        assertEquals(3, polite.stop(Await.LONG));
        Sandbox deaf = shell(stage, "trap '' TERM; echo up; while :; do sleep 0.1; done").start();
        deaf.log().await("up");
        assertEquals(137, deaf.stop(Duration.ofMillis(500)));
    }

    @Test
    void sandboxesSeeEachOtherByNameAndTheHostSeesNone(Stage stage) {
        String wait = "read -r -t 60 _ < <(sleep 60)";
        Sandbox other = stage.sandbox("other").command("/bin/bash", "-c", wait).start();
        Sandbox one = stage.sandbox("one").host(other.address(), "other").command("/bin/bash", "-c", wait).start();
        one.exec("root", "ping -c 1 -W 5 other").orFail();
        assertEquals("other", other.exec("postgres", "hostname").text());
        assertEquals(0, Program.run(Await.LONG, stage.wire().outside(
                java.util.List.of("ping", "-c", "1", "-W", "5", one.address()))).code());
        String hosts = Program.run(Await.LONG, java.util.List.of("ip", "-o", "address")).text();
        assertTrue(!hosts.contains("10.99."), hosts);
    }

    @Test
    void aLimitOfProcessesHoldsInsideAndCanBeRaised(Stage stage) {
        Optional<String> obstacle = Sandbox.obstacleToLimits();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        Sandbox sandbox = stage.sandbox("few").limitedTo(Map.of("pids", "3", "memory", "100000000"))
                .command("/bin/bash", "-c", "for i in 1 2 3 4; do (sleep 60) & done 2>&1; echo 'after it'").start();
        sandbox.log().await("Resource temporarily unavailable");
        assertEquals("3", sandbox.ofCgroup("pids", "pids.max"));
        sandbox.limit("pids", "100");
        sandbox.log().await("after it");
    }

    @Test
    void aVolumeOutlivesItsSandbox(Stage stage) {
        Sandbox first = shell(stage, "touch /var/lib/postgres/kept /tmp/lost; sync; exit 0").start();
        assertEquals(0, first.exitCode(Await.LONG));
        Sandbox second = stage.sandbox("second", first.volume())
                .command("/bin/bash", "-c", "ls /var/lib/postgres /tmp; exit 0").start();
        second.exitCode(Await.LONG);
        assertTrue(second.log().text().contains("kept"));
        assertTrue(!second.log().text().contains("lost"));
    }
}
