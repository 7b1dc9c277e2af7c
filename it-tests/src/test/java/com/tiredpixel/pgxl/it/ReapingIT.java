package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.Test;

/** No zombie stays, and no exit status is lost or invented while orphans rain. */
@OnStage
class ReapingIT {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static MatchResult trial(Stage stage, String mode, int orphans, int children) {
        String java = System.getProperty("java.home");
        Sandbox sandbox = stage.sandbox("trial")
                .bind(Places.MODULE.resolve("target/test-classes"), "/opt/trial")
                .command(java + "/bin/java", "-Xmx64m", "-cp", "/opt/trial:/usr/local/lib/pgxl-agent/lib/*",
                        ReaperTrial.class.getName(), mode, Integer.toString(orphans), Integer.toString(children))
                .start();
        return sandbox.log().await(0, "RESULT wrong=(\\d+) zombies=(\\d+) orphans=(\\d+) children=(\\d+)", PATIENCE);
    }

    @Test
    void tenThousandOrphansLeaveNoZombieWhileTwoThousandChildrenReportTheirSeven(Stage stage) {
        MatchResult result = trial(stage, "reap", 10_000, 2_000);
        System.out.println("MEASURED " + result.group());
        assertEquals(List.of("0", "0"), List.of(result.group(1), result.group(2)));
        assertEquals("10000", result.group(3));
        // The four that made the orphans are children too.
        assertEquals("2004", result.group(4));
    }

    /** The negative control: this is what the test above would see without the reaper. */
    @Test
    void withoutTheReaperOrphansStayZombies(Stage stage) {
        MatchResult result = trial(stage, "ignore", 400, 0);
        assertTrue(Integer.parseInt(result.group(2)) >= 400, result.group());
    }

    @Test
    void theAgentReapsOrphansOfSshSessionsWhileCommandsKeepTheirExitCodes(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").start();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        Program rain = ssh.start("for i in $(seq 5000); do ( (exit 3) & ); done");
        var wrong = new ArrayList<Program.Result>();
        int tried = 0;
        while (rain.isRunning() || tried < 20) {
            Program.Result seven = ssh.run("exit 7");
            tried++;
            if (seven.code() != 7) {
                wrong.add(seven);
            }
        }
        assertEquals(0, rain.await(PATIENCE).code());
        assertEquals(List.of(), wrong, "of " + tried);
        Await.until(Duration.ofSeconds(20), "end of zombies", () -> sandbox.zombies() == 0);
    }
}
