package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Attempt;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Obstacle;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Exited;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Signaled;
import com.tiredpixel.pgxl.agent.os.MountedFileSystem;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.supervisor.lock.VolumeLocks;
import com.tiredpixel.pgxl.agent.supervisor.server.StopStage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a node does with a lock that it has, cannot have, or has no more. */
class NodeAndItsLockTest extends NodeOnAVolume {
    private static final MountedFileSystem SHARED = new MountedFileSystem("nfs4", "0:53", Set.of("local_lock=none"));

    @ParameterizedTest
    @EnumSource(Obstacle.class)
    void withoutALockNothingIsStartedAndNoPidFileIsRemoved(Obstacle obstacle) throws IOException {
        world.writePidFile(directory, Role.COORDINATOR, 57, "ready");
        world.lockFailure = Optional.of(new Attempt.Failed("cannot lock it: ENOLCK (no locks available)", obstacle));
        node.startRequested("test");
        world.pass(Duration.ofMinutes(1), node);
        assertEquals(NodeState.BLOCKED, node.state());
        assertTrue(node.report().reason().startsWith("cannot lock it: ENOLCK (no locks available); nothing is started"));
        assertTrue(world.started.isEmpty());
        assertTrue(Files.exists(pidFile()));

        world.lockFailure = Optional.empty();
        world.pass(Duration.ofSeconds(2), node);
        assertEquals(1, world.started.size());
        assertFalse(Files.exists(pidFile()), "proven stale now");
    }

    @Test
    void withoutALockTheStalePidFileOfAHeldNodeStays() throws IOException {
        world.writePidFile(directory, Role.COORDINATOR, 57, "ready");
        world.lockFailure = Optional.of(new Attempt.Failed("cannot lock it", Obstacle.NO_LOCKS));
        node.foundHeld("test");
        assertTrue(Files.exists(pidFile()));
    }

    @Test
    void anOperatorsServerIsAdoptedWithoutALockAndThatIsSaid() throws IOException {
        world.lockFailure = Optional.of(new Attempt.Failed("cannot lock it: EMFILE", Obstacle.NO_ROOM));
        ProcessView server = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        world.writePidFile(directory, Role.COORDINATOR, server.identity().pid(), "ready");
        node.seen(server, Role.COORDINATOR, world.now());
        assertEquals(Optional.of(server.identity()), node.server());
        assertTrue(world.log.stream().anyMatch(line -> line.startsWith("ERROR") && line.contains("without a lock")));
        assertTrue(world.signals.isEmpty());
    }

    @Test
    void whereTheOperatorWantsNoLockTheServerIsStartedAndItsPidFileIsItsOwnBusiness() throws IOException {
        world.lockMode = VolumeLocks.Mode.OFF;
        node = new ManagedNode(world.context(), directory, Role.COORDINATOR, world.ends, List::of);
        world.lockFailure = Optional.of(new Attempt.Failed("cannot lock it", Obstacle.NO_LOCKS));
        world.writePidFile(directory, Role.COORDINATOR, 57, "ready");
        node.startRequested("test");
        assertEquals(1, world.started.size());
        assertTrue(Files.exists(pidFile()));
    }

    @Test
    void onASharedFileSystemAPidFileOfNobodyKnowsWhomIsLeftAndBlocksTheStart() throws IOException {
        world.fileSystem = SHARED;
        world.writePidFile(directory, Role.COORDINATOR, 57, "ready");
        node.startRequested("test");
        world.pass(Duration.ofMinutes(1), node);
        assertEquals(NodeState.BLOCKED, node.state());
        assertTrue(Files.exists(pidFile()));
        Files.delete(pidFile());
        world.pass(Duration.ofSeconds(3), node);
        assertEquals(NodeState.STARTING, node.state());
    }

    @Test
    void onASharedFileSystemACrashedServerComesBackAndACleanStopLeavesNoRecord() throws IOException {
        world.fileSystem = SHARED;
        int pid = runningOnASharedFileSystem();
        assertTrue(Files.exists(record()));
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(2, world.started.size());
        pid = node.server().orElseThrow().pid();
        node.stopRequested("test");
        node.tellToStop(StopStage.FAST);
        Files.deleteIfExists(pidFile());
        world.end(pid, new Exited(0));
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(NodeState.STOPPED, node.state());
        assertFalse(Files.exists(record()));
    }

    @Test
    void onASharedFileSystemAnAdoptedServerThatCrashesComesBack() throws IOException {
        world.fileSystem = SHARED;
        ProcessView server = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        world.writePidFile(directory, Role.COORDINATOR, server.identity().pid(), "ready");
        node.seen(server, Role.COORDINATOR, world.now());
        assertTrue(Files.exists(record()));
        world.end(server.identity().pid(), new Signaled(9, false));
        world.pass(Duration.ofSeconds(2), node);
        assertEquals(NodeState.STARTING, node.state());
        assertFalse(Files.exists(pidFile()), "proven stale: it was written while this agent was the owner");
    }

    @Test
    void aStopThatWasNotCleanLeavesTheRecord() throws IOException {
        world.fileSystem = SHARED;
        int pid = runningOnASharedFileSystem();
        node.stopRequested("test");
        node.tellToStop(StopStage.KILLED);
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(NodeState.STOPPED, node.state());
        assertTrue(Files.exists(record()), "the pid file is still there");
    }

    @Test
    void anAgentThatWasTakenForDeadEndsItsServerAtOnceAndKeepsItDown() throws IOException {
        world.fileSystem = SHARED;
        int pid = runningOnASharedFileSystem();
        Files.writeString(record(), "instance=other\nhost=there\npid=1\n");
        world.beat();
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(List.of("QUIT " + pid), world.signals);
        assertEquals(NodeState.STOPPING, node.state());
        assertEquals(1, world.log.stream().filter(line -> line.startsWith("ERROR")
                && line.contains("the agent of host there has " + directory + " now")).count());
        world.end(pid, new Exited(0));
        world.pass(Duration.ofMinutes(1), node);
        assertEquals(NodeState.STOPPED, node.state());
        assertFalse(node.wentDownCleanly());
        assertEquals("instance=other\nhost=there\npid=1\n", Files.readString(record()));
        assertEquals(1, world.started.size());
    }

    @Test
    void aServerStartedHereWhileAnotherMachineHasTheDirectoryIsEnded() throws IOException {
        world.fileSystem = SHARED;
        Files.createDirectory(record().getParent());
        Files.writeString(record(), "instance=other\nhost=there\npid=1\n");
        ProcessView second = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        node.seen(second, Role.COORDINATOR, world.now());
        assertEquals(List.of("QUIT " + second.identity().pid()), world.signals);
        assertEquals(NodeState.LOCKED_OUT, node.state());
    }

    /** Another container on the volume must not come between: the operator's server is about to be adopted. */
    @Test
    void aNodeThatWaitsForAnOperatorsServerHoldsItsDirectory() {
        world.server(directory, Role.COORDINATOR, 77);
        node.startRequested("test");
        world.pass(Duration.ofSeconds(3), node);
        assertEquals(NodeState.BLOCKED, node.state());
        assertTrue(world.lockedHere.contains(directory));
    }

    /** Some children outlive their postmaster for a moment, and until then another container would meet them. */
    @Test
    void theDirectoryIsLetGoWhenTheLastProcessOfTheServerIsGone() throws IOException {
        int pid = running();
        ProcessView child = world.leftover(directory, "cluster monitor process");
        Files.delete(pidFile());
        world.end(pid, new Exited(0));
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(NodeState.STOPPED, node.state());
        assertTrue(node.isLettingGo());
        assertTrue(world.lockedHere.contains(directory));
        assertTrue(world.signals.isEmpty(), "it may be about to end");
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(List.of("QUIT " + child.identity().pid()), world.signals.stream().distinct().limit(1).toList());
        world.end(child.identity().pid(), new Exited(0));
        world.pass(Duration.ofMillis(100), node);
        assertFalse(node.isLettingGo());
        assertTrue(world.lockedHere.isEmpty());
    }

    @Test
    void aNodeThatIsStartedAgainBeforeThatKeepsItsDirectory() throws IOException {
        int pid = running();
        ProcessView child = world.leftover(directory, "cluster monitor process");
        Files.delete(pidFile());
        world.end(pid, new Exited(0));
        world.pass(SETTLED, node);
        node.startRequested("test");
        world.end(child.identity().pid(), new Exited(0));
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(NodeState.STARTING, node.state());
        assertTrue(world.lockedHere.contains(directory));
    }

    private int runningOnASharedFileSystem() throws IOException {
        node.startRequested("test");
        assertEquals(NodeState.CLEARING, node.state());
        world.pass(Duration.ofSeconds(2), node);
        int pid = node.server().orElseThrow().pid();
        world.writePidFile(directory, Role.COORDINATOR, pid, "ready");
        world.serve(pid);
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(NodeState.RUNNING, node.state());
        return pid;
    }

    private Path pidFile() {
        return directory.resolve("postmaster.pid");
    }

    private Path record() {
        return directory.resolveSibling(".coord.pgxl-lock").resolve("owner");
    }
}
