package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where the container may have no more threads and processes, the limit of pids reached. */
class SshThreadLimitTest extends StagedTest {
    /** Of threads that a command had, until they end by themselves. */
    private static final int IDLE_MILLIS = 12_000;

    @Test
    @Timeout(180)
    void keysAreReadForLoginsAndWhyNoCommandRunsIsSaidInOneSentence() throws Exception {
        var agent = AgentProcess.open(stage);
        Thread.sleep(IDLE_MILLIS);
        String usual = Files.readAllLines(Path.of("/proc", Long.toString(agent.pid()), "limits")).stream()
                .filter(line -> line.startsWith("Max processes")).findFirst().orElseThrow().split(" {2,}")[1];
        limit(agent, "1");
        for (int i = 0; i < 3; i++) {
            Run.Result result = Peer.of(stage, agent).run("echo in");
            assertEquals(255, result.code(), result::toString);
            assertTrue(result.err().strip().matches("pgxl-agent: (no thread is left to run the command|cannot start /bin/bash in "
                    + "\\S+: EAGAIN \\(resource temporarily unavailable\\))"), result::toString);
        }
        assertEquals(3, agent.log().stream().filter(line -> line.contains(" logged in with ")).count());
        Run.Result refused = Peer.of(stage, agent).with("-i", stage.client.resolve("stranger").toString()).run("echo in");
        assertTrue(refused.err().contains("Permission denied"), refused::toString);
        limit(agent, usual);
        Run.Result result = Peer.of(stage, agent).run("echo in");
        assertEquals("in\n", result.out(), result::toString);
    }

    /** Of the kernel's for one user, which counts threads too; of root's processes it takes no notice. */
    private void limit(AgentProcess agent, String number) {
        // Root of a container may not.
        stage.ok("setpriv", "--reuid=" + stage.user, "--regid=" + stage.user, "--init-groups",
                "prlimit", "--pid", Long.toString(agent.pid()), "--nproc=" + number + ":");
    }
}
