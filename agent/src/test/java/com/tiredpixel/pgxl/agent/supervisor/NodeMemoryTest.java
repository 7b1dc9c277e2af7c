package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NodeMemoryTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final NodeMemory memory = new NodeMemory(RestartPolicy.STANDARD);

    private static EndedServer killed(Duration since) {
        return new EndedServer(
                new ProcessIdentity(7, 1), Role.DATANODE, since, StopStage.NONE, true, new ExitStatus.Signaled(9, false));
    }

    private void crash(EndedServer server) {
        memory.ended(server);
        memory.judged(server, server.judge(new PidFile.Absent()), false);
    }

    @Test
    void aServerThatLivedLongComesBackAtOnce() {
        crash(killed(Duration.ZERO));
        assertEquals(Duration.ZERO, memory.delay(DAY, 0));
    }

    @Test
    void startsThatTheKernelRefusesAreTriedMoreAndMoreSlowlyHoweverLongTheLastServerLived() {
        crash(killed(Duration.ZERO));
        memory.delay(DAY, 0);
        memory.launching(DAY);
        memory.launchRefused("resource temporarily unavailable");
        assertEquals(Duration.ofSeconds(1), memory.delay(DAY, 0));
        memory.launchRefused("resource temporarily unavailable");
        assertEquals(Duration.ofSeconds(2), memory.delay(DAY, 0));
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
        memory.ended(killed(Duration.ZERO));
        memory.stopRequested(NodeState.SETTLING, PidFile.Absent::new);
        assertFalse(memory.wentDownCleanly());
    }
}
