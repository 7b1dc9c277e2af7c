package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeMemoryTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final NodeMemory memory = new NodeMemory(FakeWorld.RESTARTS);

    private static EndedServer killed(Duration since) {
        return new EndedServer(
                new ProcessIdentity(7, 1), Program.POSTGRES, since, StopStage.NONE, true, new ExitStatus.Signaled(9, false));
    }

    private void crash(EndedServer server) {
        crash(DAY, server);
    }

    private void crash(Duration now, EndedServer server) {
        memory.ended(now, server);
        memory.judged(server, server.judge(new PidFile.Absent()), false, false);
    }

    @Test
    void aServerThatServedLongComesBackAtOnceHoweverOften() {
        for (int kill = 1; kill < 20; kill++) {
            Duration ready = Duration.ofSeconds(kill * 15L);
            memory.launched();
            memory.becameReady(ready, Duration.ofSeconds(1));
            crash(ready.plusSeconds(10), killed(ready));
            assertEquals(Duration.ZERO, memory.delay(0), kill + ". kill");
        }
    }

    /** As one does that dies at the end of a long recovery. */
    @Test
    void aServerThatNeverServesWaitsMoreAndMoreHoweverLongItLives() {
        Duration now = Duration.ZERO;
        for (Duration wait : List.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4))) {
            memory.launched();
            crash(now.plusSeconds(120), killed(now));
            assertEquals(wait, memory.delay(0));
            now = now.plusSeconds(120);
        }
    }

    @Test
    void startsThatTheKernelRefusesAreTriedMoreAndMoreSlowlyHoweverLongTheLastServerServed() {
        memory.launched();
        memory.becameReady(Duration.ZERO, Duration.ZERO);
        crash(killed(Duration.ZERO));
        memory.delay(0);
        memory.launching(DAY);
        memory.launchRefused("resource temporarily unavailable");
        assertEquals(Duration.ofSeconds(1), memory.delay(0));
        memory.launchRefused("resource temporarily unavailable");
        assertEquals(Duration.ofSeconds(2), memory.delay(0));
    }

    @Test
    void onlyWhatTheAgentBringsBackIsARestart() {
        EndedServer server = killed(Duration.ZERO);
        crash(server);
        memory.launching(DAY);
        assertEquals(1, memory.restarts());
        memory.launched();
        memory.endedInAStop(DAY, server, true);
        memory.launching(DAY);
        assertEquals(1, memory.restarts(), "stopped and started by the operator, after a crash long ago");
        crash(server);
        memory.stopRequested(NodeState.BACKING_OFF, PidFile.Absent::new);
        memory.launching(DAY);
        assertEquals(1, memory.restarts(), "crashed, stopped while it waited, started by the operator");
        memory.stopRequested(NodeState.CLEARING, PidFile.Absent::new);
        assertFalse(memory.wentDownCleanly(), "and never started since");
    }

    @Test
    void aStopBetweenCrashAndRestartLeavesSomethingToRecover() {
        crash(killed(Duration.ZERO));
        memory.stopRequested(NodeState.BACKING_OFF, PidFile.Absent::new);
        assertFalse(memory.wentDownCleanly());
        memory.adopted();
        assertTrue(memory.wentDownCleanly());
    }

    @Test
    void aServerThatEndedAndIsNotJudgedYetIsJudgedWhenItsNodeIsToStop() {
        memory.ended(DAY, killed(Duration.ZERO));
        memory.stopRequested(NodeState.SETTLING, PidFile.Absent::new);
        assertFalse(memory.wentDownCleanly());
    }
}
