package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Exited;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Signaled;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.os.Reaped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop of the supervisor, turn by turn: in which order nodes start and stop, and which servers it adopts. */
class SupervisorTest {
    /** A server that serves is noticed a moment later. */
    private static final Duration MOMENT = Duration.ofMillis(50);
    private static final Duration A_LOOK = Duration.ofSeconds(3);

    @TempDir
    Path temporary;

    private FakeWorld world;
    private Supervisor supervisor;

    @BeforeEach
    void aVolume() throws IOException {
        world = new FakeWorld(temporary.toRealPath());
        supervisor = new Supervisor(
                world.context(),
                new PatientScan(any -> VolumeScan.scan(world.home, 4, 1000, Optional.empty()), world.disk));
    }

    private Path node(String name, Role role) throws IOException {
        Path directory = world.dataDirectory(name, role);
        if (role == Role.GTM) {
            Files.writeString(directory.resolve("gtm.control"), "next_xid: 10000\n");
        }
        return directory;
    }

    private void cluster() throws IOException {
        node("coord", Role.COORDINATOR);
        node("dn", Role.DATANODE);
        node("gtm", Role.GTM);
        node("proxy", Role.GTM_PROXY);
    }

    private void turns(Duration time) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(MOMENT)) {
            world.pass(MOMENT);
            assertTrue(supervisor.turn(), world.log::toString);
        }
    }

    private List<String> started() {
        return world.started.stream().map(command -> command.directory().getFileName().toString()).toList();
    }

    private ProcessView server(String name) {
        return world.processes.values().stream()
                .filter(process -> process.directory().orElseThrow().endsWith(name))
                .findFirst().orElseThrow();
    }

    private void serves(String name, Role role) throws IOException {
        int pid = server(name).identity().pid();
        world.writePidFile(world.home.resolve(name), role, pid, "ready");
        world.serve(pid);
        turns(Duration.ofSeconds(1));
    }

    private void ends(String name, ExitStatus status) {
        ProcessIdentity process = server(name).identity();
        boolean own = world.started(process.pid());
        world.end(process.pid(), status);
        supervisor.reaped(new Reaped(process, status, own, world.now()));
    }

    /** As a server does that was told to: it removes its pid file first. */
    private void endsInOrder(String name, Role role) throws IOException {
        Files.deleteIfExists(world.home.resolve(name).resolve(role.program().pidFileName()));
        ends(name, new Exited(role == Role.GTM ? 1 : 0));
    }

    private NodeReport report(String name) {
        return supervisor.overview().nodes().stream()
                .filter(report -> report.directory().endsWith(name))
                .findFirst().orElseThrow(() -> new AssertionError("no node " + name + ": " + world.log));
    }

    private NodeState state(String name) {
        return report(name).state();
    }

    private boolean isNode(String name) {
        return supervisor.overview().nodes().stream().anyMatch(report -> report.directory().endsWith(name));
    }

    private void clusterRuns() throws IOException {
        cluster();
        turns(MOMENT);
        serves("gtm", Role.GTM);
        serves("proxy", Role.GTM_PROXY);
        serves("dn", Role.DATANODE);
        serves("coord", Role.COORDINATOR);
        assertEquals(Overview.Phase.SUPERVISING, supervisor.overview().phase());
    }

    // Order.

    @Test
    void eachKindStartsWhenTheOneBeforeItServes() throws IOException {
        cluster();
        turns(A_LOOK);
        assertEquals(List.of("gtm"), started());
        assertEquals(Overview.Phase.BEGINNING, supervisor.overview().phase());
        serves("gtm", Role.GTM);
        assertEquals(List.of("gtm", "proxy"), started());
        serves("proxy", Role.GTM_PROXY);
        assertEquals(List.of("gtm", "proxy", "dn"), started());
        serves("dn", Role.DATANODE);
        assertEquals(List.of("gtm", "proxy", "dn", "coord"), started());
        serves("coord", Role.COORDINATOR);
        assertEquals(Overview.Phase.SUPERVISING, supervisor.overview().phase());
        assertEquals(4, started().size(), "each once");
    }

    @Test
    void aKindThatDoesNotComeUpHoldsTheOthersUpForTwentySecondsOnly() throws IOException {
        cluster();
        turns(Duration.ofSeconds(19));
        assertEquals(List.of("gtm"), started());
        turns(Duration.ofSeconds(2));
        assertEquals(List.of("coord", "dn", "gtm", "proxy"), started().stream().sorted().toList());
    }

    @Test
    void aServerThatCrashedIsBackAfterTheSettleTimeWithoutALookInBetween() throws IOException {
        clusterRuns();
        ends("dn", new Signaled(9, false));
        turns(MOMENT);
        assertEquals(NodeState.SETTLING, state("dn"));
        turns(Duration.ofMillis(300));
        assertEquals(List.of("gtm", "proxy", "dn", "coord", "dn"), started());
        assertEquals(NodeState.RUNNING, state("coord"), "its neighbours are left alone");
    }

    // Adoption.

    @Test
    void aServerThatAnOperatorStartedIsAdoptedSoonAfterAnyProcessEnded() throws IOException {
        turns(A_LOOK);
        Path directory = node("dn", Role.DATANODE);
        ProcessView server = world.server(directory, Role.DATANODE, FakeWorld.AGENT);
        world.writePidFile(directory, Role.DATANODE, server.identity().pid(), "ready");
        world.serve(server.identity().pid());
        // The end of the pg_ctl that started it.
        supervisor.reaped(new Reaped(new ProcessIdentity(9999, 1), new Exited(0), true, world.now()));
        turns(Duration.ofMillis(200));

        assertEquals(NodeState.RUNNING, state("dn"));
        assertEquals(List.of(), started());
        ends("dn", new Signaled(9, false));
        turns(Duration.ofMillis(400));
        assertEquals(List.of("dn"), started(), "and brought back, as the agent's own are");
    }

    @Test
    void oneThatNobodyToldOfIsAdoptedByTheLookEveryTwoSeconds() throws IOException {
        turns(A_LOOK);
        Path directory = node("dn", Role.DATANODE);
        ProcessView server = world.server(directory, Role.DATANODE, FakeWorld.AGENT);
        world.writePidFile(directory, Role.DATANODE, server.identity().pid(), "ready");
        turns(Duration.ofMillis(2100));

        assertEquals(server.identity().pid(), report("dn").pid().orElseThrow());
    }

    @Test
    void whatIsNotInChargeOfItsDirectoryIsNotAdoptedUntilItIs() throws IOException {
        turns(A_LOOK);
        Path directory = node("dn", Role.DATANODE);
        ProcessView server = world.server(directory, Role.DATANODE, FakeWorld.AGENT);
        world.writePidFile(directory, Role.DATANODE, 4711, "ready");
        turns(A_LOOK);
        assertFalse(isNode("dn"), "the pid file names another");
        world.writePidFile(directory, Role.DATANODE, server.identity().pid(), "ready");
        turns(A_LOOK);
        assertTrue(isNode("dn"));
    }

    @Test
    void aServerOfAnotherVolumeIsNotAdopted() throws IOException {
        turns(A_LOOK);
        Path directory = node("dn", Role.DATANODE);
        ProcessView server = world.server(directory, Role.DATANODE, FakeWorld.AGENT);
        world.writePidFile(directory, Role.DATANODE, server.identity().pid(), "ready");
        world.ofAnotherVolume.add(server.identity().pid());
        turns(A_LOOK);
        assertFalse(isNode("dn"));
        world.ofAnotherVolume.clear();
        turns(A_LOOK);
        assertTrue(isNode("dn"), "but for that it would have been");
    }

    @Test
    void aPostmasterInRestoreModeIsToldOfOnceAndIsNoNode() throws IOException {
        turns(A_LOOK);
        Path directory = node("dn", Role.DATANODE);
        ProcessView server = world.add(
                "postgres", List.of("postgres", "--restoremode", "-D", directory.toString()), directory, FakeWorld.AGENT);
        world.writePidFile(directory, Role.DATANODE, server.identity().pid(), "ready");
        turns(Duration.ofSeconds(10));
        assertFalse(isNode("dn"));
        assertEquals(1, world.log.stream().filter(line -> line.contains("restore mode")).count(), world.log::toString);
    }

    @Test
    void aGtmThatPgxcCtlInitialisesIsNotAdoptedBeforeItHasStayed() throws IOException {
        turns(A_LOOK);
        Path directory = node("gtm", Role.GTM);
        ProcessView server = world.add(
                "gtm", List.of("gtm", "-x", "2000", "-D", directory.toString()), directory, FakeWorld.AGENT);
        world.writePidFile(directory, Role.GTM, server.identity().pid(), "");
        turns(Duration.ofSeconds(4));
        assertFalse(isNode("gtm"));
        turns(Duration.ofSeconds(5));
        assertTrue(isNode("gtm"));
    }

    @Test
    void aNodeThatRunsBeforeItsTurnIsNotStartedASecondTime() throws IOException {
        cluster();
        Path directory = world.home.resolve("coord");
        ProcessView server = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        world.writePidFile(directory, Role.COORDINATOR, server.identity().pid(), "ready");
        world.serve(server.identity().pid());
        turns(Duration.ofSeconds(30));
        assertEquals(NodeState.RUNNING, state("coord"));
        assertFalse(started().contains("coord"));
        assertEquals(3, started().size(), world.log::toString);
    }

    // Shutdown.

    private List<String> signalled() {
        var names = new ArrayList<String>();
        for (String signal : world.signals) {
            String[] words = signal.split(" ");
            Optional.ofNullable(world.processes.get(Integer.parseInt(words[1]))).ifPresent(process ->
                    names.add(words[0] + " " + process.directory().orElseThrow().getFileName()));
        }
        return names;
    }

    @Test
    void eachKindIsStoppedWhenTheOneBeforeItIsDown() throws IOException {
        clusterRuns();
        supervisor.stop();
        turns(MOMENT);
        assertEquals(List.of("INT coord"), signalled());
        assertEquals(Overview.Phase.STOPPING, supervisor.overview().phase());
        endsInOrder("coord", Role.COORDINATOR);
        turns(MOMENT.multipliedBy(2));
        assertEquals(List.of("INT dn"), signalled());
        endsInOrder("dn", Role.DATANODE);
        turns(MOMENT.multipliedBy(2));
        assertEquals(List.of("TERM proxy"), signalled());
        endsInOrder("proxy", Role.GTM_PROXY);
        turns(MOMENT.multipliedBy(2));
        assertEquals(List.of("TERM gtm"), signalled());
        endsInOrder("gtm", Role.GTM);
        assertTrue(supervisor.run(), "every node went down cleanly");
        assertEquals(4, started().size(), "and none was started again");
    }

    @Test
    void aServerThatDoesNotStopIsKilledWithinTheTimeAndTheStopWasNotClean() throws IOException {
        node("dn", Role.DATANODE);
        turns(MOMENT);
        serves("dn", Role.DATANODE);
        supervisor.stop();
        turns(world.context().stopTimeout().plus(MOMENT));
        assertEquals(List.of("INT dn", "QUIT dn", "KILL dn"), signalled());
        ends("dn", new Signaled(9, false));
        assertFalse(supervisor.run());
    }

    @Test
    void whileTheContainerStopsNothingIsStartedAndNobodyIsObeyed() throws IOException {
        cluster();
        turns(MOMENT);
        var before = supervisor.order(world.home.resolve("gtm"), new NodeCommand.Start());
        turns(MOMENT);
        supervisor.stop();
        var after = supervisor.order(world.home.resolve("gtm"), new NodeCommand.Start());
        turns(MOMENT);
        assertInstanceOf(NodeCommand.Result.Refused.class, before.join());
        assertEquals("the container stops", after.join().said());
        ends("gtm", new Signaled(15, false));
        turns(A_LOOK);
        assertEquals(List.of("gtm"), started());
    }

    @Test
    void aServerThatNobodySupervisedIsToldToStopTooIfItIsOfTheAgentsUser() throws IOException {
        world.processes.put(FakeWorld.AGENT, foreground(FakeWorld.AGENT, 26, "java", world.home));
        turns(MOMENT);
        Path directory = node("dn", Role.DATANODE);
        Path other = node("other", Role.DATANODE);
        // As docker exec runs one in the foreground: its parent is outside.
        world.processes.put(701, foreground(701, 26, "postgres", directory));
        world.processes.put(702, foreground(702, 27, "postgres", other));
        supervisor.stop();
        turns(A_LOOK);
        assertEquals(List.of("INT dn"), signalled());
        world.processes.remove(701);
        assertTrue(supervisor.run());
    }

    private static ProcessView foreground(int pid, int user, String program, Path directory) {
        return new ProcessView(
                new ProcessIdentity(pid, pid), 0, 'S', user, program, List.of(program, "-D", directory.toString()),
                Optional.of(directory));
    }
}
