package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.supervisor.server.EndedServer;
import com.tiredpixel.pgxl.agent.supervisor.server.StopStage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeMemoryTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final EndedServer KILLED = new EndedServer(
            new ProcessIdentity(7, 1), Program.POSTGRES, StopStage.NONE, true, new ExitStatus.Signaled(9, false));

    private final NodeMemory memory = new NodeMemory(FakeWorld.RESTARTS);

    private void crash() {
        crash(DAY);
    }

    private void crash(Duration now) {
        memory.ended(now, KILLED);
        memory.judged(KILLED, KILLED.judge(new PidFile.Absent()), false, false);
    }

    /** @return the wait after it */
    private Duration crashAfterServing(Duration time) {
        memory.launched();
        memory.becameReady(Duration.ZERO, Duration.ZERO);
        crash(time);
        return memory.delay(0);
    }

    private void crashAndRestart(Duration now) {
        crash(now);
        memory.launching(now);
    }

    @Test
    void aServerThatServedLongComesBackAtOnceHoweverOften() {
        for (int kill = 1; kill < 20; kill++) {
            Duration ready = Duration.ofSeconds(kill * 15L);
            memory.launched();
            memory.becameReady(ready, Duration.ofSeconds(1));
            crash(ready.plusSeconds(10));
            assertEquals(Duration.ZERO, memory.delay(0), kill + ". kill");
        }
    }

    /** As one does that dies at the end of a long recovery. */
    @Test
    void aServerThatNeverServesWaitsMoreAndMoreHoweverLongItLives() {
        Duration now = Duration.ZERO;
        for (Duration wait : List.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4))) {
            memory.launched();
            crash(now.plusSeconds(120));
            assertEquals(wait, memory.delay(0));
            now = now.plusSeconds(120);
        }
    }

    @Test
    void startsThatTheKernelRefusesAreTriedMoreAndMoreSlowlyHoweverLongTheLastServerServed() {
        memory.launched();
        memory.becameReady(Duration.ZERO, Duration.ZERO);
        crash();
        memory.delay(0);
        memory.launching(DAY);
        memory.launchRefused("resource temporarily unavailable");
        assertEquals(Duration.ofSeconds(1), memory.delay(0));
        memory.launchRefused("resource temporarily unavailable");
        assertEquals(Duration.ofSeconds(2), memory.delay(0));
    }

    @Test
    void onlyWhatTheAgentBringsBackIsARestart() {
        crash();
        memory.launching(DAY);
        assertEquals(1, memory.restarts());
        memory.launched();
        memory.endedInAStop(DAY, KILLED, true);
        memory.launching(DAY);
        assertEquals(1, memory.restarts(), "stopped and started by the operator, after a crash long ago");
        crash();
        memory.stopRequested(NodeState.BACKING_OFF, PidFile.Absent::new);
        memory.launching(DAY);
        assertEquals(1, memory.restarts(), "crashed, stopped while it waited, started by the operator");
        memory.stopRequested(NodeState.CLEARING, PidFile.Absent::new);
        assertFalse(memory.wentDownCleanly(), "and never started since");
    }

    @Test
    void aStopBetweenCrashAndRestartLeavesSomethingToRecover() {
        crash();
        memory.stopRequested(NodeState.BACKING_OFF, PidFile.Absent::new);
        assertFalse(memory.wentDownCleanly());
        memory.adopted();
        assertTrue(memory.wentDownCleanly());
    }

    @Test
    void aServerThatEndedAndIsNotJudgedYetIsJudgedWhenItsNodeIsToStop() {
        memory.ended(DAY, KILLED);
        memory.stopRequested(NodeState.SETTLING, PidFile.Absent::new);
        assertFalse(memory.wentDownCleanly());
    }

    @Test
    void aCrashAfterTenSecondsOfServiceCountsAsTheFirst() {
        crashAfterServing(Duration.ofSeconds(1));
        assertEquals(Duration.ofSeconds(1), crashAfterServing(Duration.ofSeconds(9)));
        assertEquals(Duration.ofSeconds(2), crashAfterServing(Duration.ofSeconds(9)));
        assertEquals(Duration.ZERO, crashAfterServing(Duration.ofSeconds(10)));
        assertEquals(Duration.ofSeconds(1), crashAfterServing(Duration.ZERO));
    }

    @Test
    void oneThatIsKilledEachHalfMinuteIsNeverLeftDown() {
        for (int kill = 0; kill < 100; kill++) {
            assertEquals(Duration.ZERO, crashAfterServing(Duration.ofSeconds(30)));
        }
    }

    @Test
    void fiveRestartsWithinFiveMinutesAreACrashLoopAndFourAreNot() {
        for (int second = 0; second < 4; second++) {
            crashAndRestart(Duration.ofSeconds(second));
        }
        assertFalse(memory.isCrashLoop(Duration.ofSeconds(4)));
        crashAndRestart(Duration.ofSeconds(5));
        assertTrue(memory.isCrashLoop(Duration.ofSeconds(5)));
        assertTrue(memory.isCrashLoop(Duration.ofSeconds(300)));
        assertFalse(memory.isCrashLoop(Duration.ofSeconds(301)), "the verdict ends with the window");
    }

    @Test
    void theOperatorOpensANewChapter() {
        for (int second = 0; second < 6; second++) {
            crash(Duration.ofSeconds(second));
            memory.delay(0);
            memory.launching(Duration.ofSeconds(second));
        }
        memory.adopted();
        assertFalse(memory.isCrashLoop(Duration.ofSeconds(6)));
        crash();
        assertEquals(Duration.ZERO, memory.delay(0));
        assertEquals(6, memory.restarts(), "what happened is still counted");
    }
}
