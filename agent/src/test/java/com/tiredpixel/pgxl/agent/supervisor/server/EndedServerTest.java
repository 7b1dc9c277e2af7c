package com.tiredpixel.pgxl.agent.supervisor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Exited;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Signaled;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Unknown;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stop or crash, for every line of what was measured on Postgres-XL. */
class EndedServerTest {
    private static final ExitStatus KILLED = new Signaled(9, false);
    private static final int PID = 248;

    @TempDir
    Path directory;

    @Test
    void aPostmasterThatExitsZeroAndRemovesItsPidFileWasStopped() throws IOException {
        assertStopped(Role.COORDINATOR, new Exited(0), true, null);
        assertStopped(Role.DATANODE, new Exited(0), true, null);
    }

    @Test
    void gtmExitsOneWhenItIsStoppedInOrder() throws IOException {
        assertStopped(Role.GTM, new Exited(1), true, null);
        assertStopped(Role.GTM_PROXY, new Exited(1), true, null);
    }

    @Test
    void gtmThatNeverWroteItsPidFileFailedToStart() throws IOException {
        assertCrashed(Role.GTM, new Exited(1), false, null);
        assertCrashed(Role.GTM_PROXY, new Exited(1), false, null);
    }

    @Test
    void aPostmasterThatExitsOneFailedEvenIfItRemovedItsPidFile() throws IOException {
        assertCrashed(Role.DATANODE, new Exited(1), true, null);
    }

    @Test
    void aKilledServerCrashedWhoeverRemovedItsPidFile() throws IOException {
        for (Role role : Role.values()) {
            assertCrashed(role, KILLED, true, null);
            assertCrashed(role, KILLED, true, PID + "\n/d\n1\n");
        }
    }

    @Test
    void aServerKilledWhileTheOperatorWasStoppingItStaysDown() throws IOException {
        assertStopped(Role.COORDINATOR, KILLED, true, PID + "\n/d\n1\n5432\n/tmp\n*\n  5432001         0\nstopping\n");
    }

    @Test
    void anUnknownStatusIsJudgedByThePidFileAlone() throws IOException {
        assertStopped(Role.DATANODE, new Unknown("test"), true, null);
        assertCrashed(Role.DATANODE, new Unknown("test"), true, PID + "\n/d\n1\n5432\n/tmp\n*\n  5432001         0\nready   \n");
    }

    @Test
    void aPidFileOfASuccessorSaysNothingAboutThisServer() throws IOException {
        assertStopped(Role.DATANODE, new Exited(0), true, "999\n/d\n1\n5432\n/tmp\n*\n  5432001         0\nready   \n");
    }

    private void assertStopped(Role role, ExitStatus status, boolean seen, String pidFile) throws IOException {
        assertEquals(true, judge(role, status, seen, pidFile).stopped(), role + " " + status);
    }

    private void assertCrashed(Role role, ExitStatus status, boolean seen, String pidFile) throws IOException {
        assertEquals(false, judge(role, status, seen, pidFile).stopped(), role + " " + status);
    }

    private EndedServer.Verdict judge(Role role, ExitStatus status, boolean seen, String pidFile) throws IOException {
        Path file = directory.resolve(role.program().pidFileName());
        Files.deleteIfExists(file);
        if (pidFile != null) {
            Files.writeString(file, pidFile);
        }
        return new EndedServer(new ProcessIdentity(PID, 1), role.program(), StopStage.NONE, seen, status)
                .judge(PidFile.read(directory, role.program()));
    }
}
