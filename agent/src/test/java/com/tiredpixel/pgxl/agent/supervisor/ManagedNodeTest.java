package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Exited;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Signaled;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.supervisor.directory.DirectoryClaim;
import com.tiredpixel.pgxl.agent.supervisor.server.StopStage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The life of one node, with processes and time as the test wants them. */
class ManagedNodeTest extends NodeOnAVolume {
    @Test
    void aNodeStartsWithTheRoleAndTheOptionsOfItsLastRealStart() {
        node.startRequested("test");
        assertEquals(
                List.of("/prefix/bin/postgres", "--coordinator", "-D", directory.toString(), "-i"),
                world.started.get(0).arguments());
        assertEquals(NodeState.STARTING, node.state());
    }

    @Test
    void aNodeRunsWhenItsPidFileSaysReadyAndItsPortListens() throws IOException {
        node.startRequested("test");
        int pid = node.server().orElseThrow().pid();
        world.writePidFile(directory, Role.COORDINATOR, pid, "starting");
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(NodeState.STARTING, node.state());
        world.writePidFile(directory, Role.COORDINATOR, pid, "ready");
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(NodeState.STARTING, node.state(), "nobody listens yet");
        world.serve(pid);
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(NodeState.RUNNING, node.state());
    }

    /** Its pid file never says that it is ready, and its port listens from the beginning of a recovery. */
    @Test
    void aNodeOfNinePointFiveRunsWhenItsPostmasterHasStartedWhatServesClients() throws IOException {
        node.startRequested("test");
        int pid = node.server().orElseThrow().pid();
        world.writePidFileWithoutStatus(directory, Role.COORDINATOR, pid);
        world.serve(pid);
        world.add("postgres", List.of("postgres: startup process   recovering 000000010000000000000002"), directory, pid);
        world.leftover(directory, "wal writer process   ");
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(NodeState.STARTING, node.state(), "it recovers, and the WAL writer was another's");
        world.add("postgres", List.of("postgres: wal writer process   "), directory, pid);
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(NodeState.RUNNING, node.state());
        assertTrue(node.report().reason().contains("its child processes say ready, port"), node.report().reason());
    }

    @Test
    void aCrashedServerComesBackAfterTheSettleTimeAndNotBefore() throws IOException {
        int pid = running();
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofMillis(200), node);
        assertEquals(NodeState.SETTLING, node.state());
        assertEquals(1, world.started.size());
        world.pass(SETTLED, node);
        assertEquals(NodeState.STARTING, node.state());
        assertEquals(2, world.started.size());
        assertFalse(Files.exists(directory.resolve("postmaster.pid")), "the stale pid file is gone before the start");
    }

    @Test
    void aServerThatTheOperatorStoppedStaysDownAndLetsTheDirectoryGo() throws IOException {
        int pid = running();
        Files.delete(directory.resolve("postmaster.pid"));
        world.end(pid, new Exited(0));
        world.pass(Duration.ofMinutes(5), node);
        assertEquals(NodeState.STOPPED, node.state());
        assertEquals(1, world.started.size());
        assertTrue(world.lockedHere.isEmpty());
    }

    /** Who kills by hand may want to start it himself: {@code pg_ctl start -w} would fail on a server of ours. */
    @Test
    void aServerKilledByPgxcCtlComesBackWhenTheOperatorHasHadTimeToStartIt() throws IOException {
        int pid = running();
        Files.delete(directory.resolve("postmaster.pid"));
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofSeconds(4), node);
        assertEquals(NodeState.BACKING_OFF, node.state());
        world.pass(Duration.ofSeconds(2), node);
        assertEquals(NodeState.STARTING, node.state());
    }

    @Test
    void aPostmasterKilledWithItsChildrenLeavesTheOperatorHisTurnAndOneKilledAloneDoesNot() throws IOException {
        ProcessView older = world.add("sleep", List.of("sleep"), world.home, FakeWorld.AGENT);
        int alone = running();
        world.end(older.identity().pid(), new Signaled(9, false));
        world.end(alone, new Signaled(9, false));
        world.pass(SETTLED, node);
        assertEquals(NodeState.STARTING, node.state(), "what is older than the server was no child of it");
        int pid = node.server().orElseThrow().pid();
        world.writePidFile(directory, Role.COORDINATOR, pid, "ready");
        ProcessView child = world.leftover(directory, "writer process");
        world.pass(Duration.ofMinutes(2), node);
        world.end(child.identity().pid(), new Signaled(9, false));
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofSeconds(4), node);
        assertEquals(NodeState.BACKING_OFF, node.state());
        assertEquals(2, world.started.size());
        world.pass(Duration.ofSeconds(2), node);
        assertEquals(3, world.started.size());
    }

    @Test
    void nothingIsStartedWhileAPgCtlIsAtWorkOnTheDirectory() throws IOException {
        int pid = running();
        ProcessView command = world.add(
                "pg_ctl", List.of("pg_ctl", "start", "-w", "-D", "data/coord"), world.home, 77);
        ProcessView other = world.add("pg_ctl", List.of("pg_ctl", "start", "-D", "/elsewhere"), world.home, 77);
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofSeconds(3), node);
        assertEquals(NodeState.BLOCKED, node.state());
        assertEquals(1, world.started.size());
        world.processes.remove(command.identity().pid());
        world.pass(Duration.ofSeconds(2), node);
        assertEquals(NodeState.STARTING, node.state(), other + " is about another directory");
    }

    @Test
    void aPgCtlThatIsStuckIsNotWaitedForForEver() throws IOException {
        int pid = running();
        world.add("pg_ctl", List.of("pg_ctl", "stop", "-D" + directory), world.home, 77);
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofSeconds(80), node);
        assertEquals(NodeState.STARTING, node.state());
    }

    @Test
    void aRestartByTheOperatorWithinTheSettleTimeIsAdoptedAndNotDoubled() throws IOException {
        int pid = running();
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofMillis(50), node);
        ProcessView operators = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        world.writePidFile(directory, Role.COORDINATOR, operators.identity().pid(), "starting");
        world.pass(SETTLED, node);
        assertEquals(operators.identity(), node.server().orElseThrow());
        assertEquals(1, world.started.size());
    }

    @Test
    void aServerThatIsStillAChildOfPgCtlIsWaitedForAndThenAdopted() throws IOException {
        int pid = running();
        world.end(pid, new Signaled(9, false));
        ProcessView beginner = world.server(directory, Role.COORDINATOR, 77);
        world.pass(Duration.ofSeconds(3), node);
        assertEquals(NodeState.BLOCKED, node.state());
        assertEquals(1, world.started.size());
        world.writePidFile(directory, Role.COORDINATOR, beginner.identity().pid(), "ready");
        node.seen(beginner, Role.COORDINATOR, world.now());
        assertEquals(NodeState.STARTING, node.state());
        assertEquals(beginner.identity(), node.server().orElseThrow());
    }

    @Test
    void whatADeadPostmasterLeftIsAskedThenKilledBeforeTheNextStart() throws IOException {
        int pid = running();
        ProcessView polite = world.leftover(directory, "pooler process");
        ProcessView deaf = world.leftover(directory, "logger process");
        ProcessView stranger = world.leftover(temporary, "checkpointer process");
        world.end(pid, new Signaled(9, false));
        world.pass(SETTLED, node);
        assertEquals(NodeState.CLEARING, node.state());
        world.end(polite.identity().pid(), new Exited(2));
        world.pass(SETTLED, node);
        assertTrue(world.signals.contains("QUIT " + polite.identity().pid()));
        assertFalse(world.signals.contains("KILL " + polite.identity().pid()));
        assertTrue(world.signals.contains("KILL " + deaf.identity().pid()));
        assertTrue(world.signals.stream().noneMatch(sent -> sent.endsWith(" " + stranger.identity().pid())));
        assertEquals(1, world.started.size());
        world.end(deaf.identity().pid(), new Signaled(9, false));
        world.pass(SETTLED, node);
        assertEquals(2, world.started.size());
    }

    @Test
    void aProcessInTheMiddleOfItsEndIsWaitedForAndNotSignalled() throws IOException {
        int pid = running();
        ProcessView ending = world.add("postgres", List.of(), directory, FakeWorld.AGENT);
        world.end(pid, new Signaled(9, false));
        world.pass(SETTLED, node);
        assertEquals(NodeState.CLEARING, node.state());
        assertTrue(world.signals.isEmpty());
        world.end(ending.identity().pid(), new Exited(2));
        world.pass(Duration.ofMillis(50), node);
        assertEquals(NodeState.STARTING, node.state());
    }

    /** In a pod whose containers share a pid namespace another one's directory may have the same name. */
    @Test
    void aServerOfAnotherContainerInADirectoryOfTheSameNameIsNobodyHere() throws IOException {
        int pid = running();
        ProcessView stranger = world.leftover(directory, "checkpointer process");
        ProcessView postmaster = world.server(directory, Role.COORDINATOR, 0);
        world.ofAnotherVolume.addAll(List.of(stranger.identity().pid(), postmaster.identity().pid()));
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofSeconds(2), node);
        assertTrue(world.signals.isEmpty());
        assertEquals(2, world.started.size());
    }

    @Test
    void aDirectoryThatAnotherContainerHoldsIsWaitedForAndTakenOver() {
        world.lockedElsewhere.add(directory);
        node.startRequested("test");
        world.pass(Duration.ofSeconds(5), node);
        assertEquals(NodeState.LOCKED_OUT, node.state());
        assertEquals(0, world.started.size());
        assertEquals(1, world.log.stream().filter(line -> line.contains("LOCKED_OUT")).count(), "said once, not at every try");
        world.lockedElsewhere.clear();
        world.pass(Duration.ofSeconds(2), node);
        assertEquals(NodeState.STARTING, node.state());
    }

    @Test
    void aServerStartedOnADirectoryThatAnotherContainerHoldsIsEnded() {
        world.lockedElsewhere.add(directory);
        ProcessView second = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        node.seen(second, Role.COORDINATOR, world.now());
        assertEquals(List.of("QUIT " + second.identity().pid()), world.signals);
        assertEquals(NodeState.LOCKED_OUT, node.state());
    }

    @Test
    void aPidFileThatNamesAStrangerIsProvenStaleAndRemoved() throws IOException {
        ProcessView stranger = world.add("java", List.of("java"), temporary, 0);
        world.writePidFile(directory, Role.COORDINATOR, stranger.identity().pid(), "ready");
        node.startRequested("test");
        assertEquals(1, world.started.size());
        assertTrue(world.signals.isEmpty(), "the stranger is left alone");
    }

    /** As an immediate shutdown leaves it: no pid file, and locks in whatever directories the configuration names. */
    @Test
    void staleSocketLocksAreRemovedFromEveryConfiguredDirectoryAndOthersStay() throws IOException {
        Path first = Files.createDirectory(temporary.resolve("s1"));
        Path second = Files.createDirectory(temporary.resolve("s2"));
        Files.writeString(directory.resolve("postgresql.conf"),
                "unix_socket_directories = '" + first + "," + second + "'\n");
        String ours = "57\n" + directory + "\n1\n5432\n" + first + "\n";
        Path pooler = Files.writeString(first.resolve(".s.PGPOOL.6668.lock"), ours);
        Path server = Files.writeString(second.resolve(".s.PGSQL.5432.lock"), ours);
        Path socket = Files.createFile(second.resolve(".s.PGSQL.5432"));
        Path others = Files.writeString(second.resolve(".s.PGSQL.5433.lock"), "57\n" + temporary + "\n1\n5433\n\n");
        node.startRequested("test");
        assertEquals(1, world.started.size());
        assertTrue(Files.notExists(pooler) && Files.notExists(server) && Files.notExists(socket));
        assertTrue(Files.exists(others));
    }

    /** Kubernetes opens a volume with an {@code fsGroup} again at each mount. */
    @Test
    void aDirectoryThatOthersMayEnterIsClosedBeforeTheStartAndThatIsSaid() throws IOException {
        mode("rwxrwx---");
        node.startRequested("test");
        assertEquals(NodeState.STARTING, node.state());
        assertEquals("rwx------", mode());
        assertTrue(world.log.stream().anyMatch(line -> line.startsWith("INFO")
                && line.contains("its mode was 0770 and is 0700")), world.log.toString());
    }

    @Test
    void whatPostgreSqlElevenAllowsStaysForIt() throws IOException {
        Files.writeString(directory.resolve("PG_VERSION"), "11\n");
        mode("rwxr-x---");
        node.startRequested("test");
        assertEquals("rwxr-x---", mode());
        Files.writeString(directory.resolve("PG_VERSION"), "9.5\n");
        world.end(node.server().orElseThrow().pid(), new Exited(1));
        world.pass(Duration.ofSeconds(1), node);
        assertEquals("rwx------", mode());
    }

    @Test
    void aDirectoryOfAnotherUserBlocksTheStartAndSaysWhose() throws IOException {
        int owner = (Integer) Files.getAttribute(directory, "unix:uid");
        world.processes.put(FakeWorld.AGENT, new ProcessView(
                new com.tiredpixel.pgxl.agent.os.ProcessIdentity(FakeWorld.AGENT, 1), 0, 'S', owner + 1, "java", List.of("java"),
                java.util.Optional.of(Path.of("/"))));
        node.startRequested("test");
        assertEquals(NodeState.BLOCKED, node.state());
        assertTrue(node.report().reason().contains("belongs to uid " + owner), node.report().reason());
    }

    private String mode() throws IOException {
        return java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    }

    private void mode(String permissions) throws IOException {
        Files.setPosixFilePermissions(
                directory, java.nio.file.attribute.PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aServerComesBackWithTheEnvironmentInWhichTheOperatorStartedItInTheNextContainerToo() throws IOException {
        ProcessView operators = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        int pid = operators.identity().pid();
        world.environments.put(pid, java.util.Map.of("LD_LIBRARY_PATH", "/opt/oracle", "TZ", "UTC", "SSH_TTY", "/dev/pts/0"));
        world.writePidFile(directory, Role.COORDINATOR, pid, "ready");
        node.seen(operators, Role.COORDINATOR, world.now());
        assertTrue(world.log.stream().anyMatch(line -> line.endsWith("besides the agent's: LD_LIBRARY_PATH")));
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofSeconds(1), node);
        var expected = java.util.Map.of("PATH", "/prefix/bin:/bin", "TZ", "UTC", "LD_LIBRARY_PATH", "/opt/oracle");
        assertEquals(expected, world.started.get(0).environment());

        var next = new ManagedNode(world.context(), directory, Role.COORDINATOR, world.ends, List::of);
        world.processes.clear();
        next.startRequested("test");
        assertEquals(expected, world.started.get(1).environment());
        world.end(next.server().orElseThrow().pid(), new Exited(1));

        ProcessView plain = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        world.environments.put(plain.identity().pid(), java.util.Map.of("TZ", "UTC"));
        world.writePidFile(directory, Role.COORDINATOR, plain.identity().pid(), "ready");
        next.seen(plain, Role.COORDINATOR, world.now());
        world.end(plain.identity().pid(), new Signaled(9, false));
        world.pass(Duration.ofSeconds(2), next);
        assertEquals(java.util.Map.of("PATH", "/prefix/bin:/bin", "TZ", "UTC"), world.started.get(2).environment(),
                "the last start by hand counts");
    }

    @Test
    void anEnvironmentForWhichThereWasNoMemoryIsKeptALittleLater() throws IOException {
        ProcessView operators = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        world.environments.put(operators.identity().pid(), java.util.Map.of("A", "b"));
        world.environmentFailures = 2;
        node.seen(operators, Role.COORDINATOR, world.now());
        assertEquals(operators.identity(), node.server().orElseThrow(), "adopted all the same");
        assertEquals(java.util.Map.of(), world.context().environments().read(directory));
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(java.util.Map.of("A", "b"), world.context().environments().read(directory));
    }

    @Test
    void anEnvironmentThatCannotBeKeptIsKeptForThisContainerAndThatIsSaid() throws IOException {
        Files.writeString(temporary.resolve(".pgxl"), "in the way");
        ProcessView operators = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        world.environments.put(operators.identity().pid(), java.util.Map.of("A", "b"));
        node.seen(operators, Role.COORDINATOR, world.now());
        assertTrue(world.log.stream().anyMatch(line -> line.startsWith("WARN") && line.contains("cannot keep its environment")));
        world.end(operators.identity().pid(), new Signaled(9, false));
        world.pass(Duration.ofSeconds(7), node);
        assertEquals("b", world.started.get(0).environment().get("A"));
    }

    @Test
    void aServerThatKeepsDyingIsStartedLessAndLessOftenAndCalledACrashLoop() {
        node.startRequested("test");
        for (int round = 0; round < 6; round++) {
            world.end(node.server().orElseThrow().pid(), new Exited(1));
            world.pass(Duration.ofMillis(300).plus(FakeWorld.RESTARTS.delay(round + 1, 0)).plusMillis(100), node);
            assertEquals(round + 2, world.started.size());
        }
        assertTrue(node.report().crashLoop());
        assertTrue(world.log.stream().anyMatch(line -> line.startsWith("ERROR") && line.contains("crash loop")));
    }

    @Test
    void aProgramThatCannotBeStartedIsTriedAgainAndTheReasonIsSaid() {
        world.startsFail = true;
        node.startRequested("test");
        world.pass(Duration.ofSeconds(2), node);
        assertTrue(world.started.size() >= 2);
        assertTrue(world.log.stream().anyMatch(line -> line.contains("errno 2 (ENOENT)")));
    }

    @Test
    void aStopDuringTheWaitForAStartLeavesTheNodeDownAndSaysItWasNotClean() throws IOException {
        int pid = running();
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofMillis(50), node);
        node.stopRequested("the container stops");
        world.pass(Duration.ofSeconds(5), node);
        assertEquals(NodeState.STOPPED, node.state());
        assertEquals(1, world.started.size());
        assertFalse(node.wentDownCleanly());
    }

    @Test
    void aFastStopThatThePostmasterConfirmsIsClean() throws IOException {
        int pid = running();
        node.stopRequested("the container stops");
        node.tellToStop(StopStage.FAST);
        node.tellToStop(StopStage.FAST);
        assertEquals(List.of("INT " + pid), world.signals, "told once");
        Files.delete(directory.resolve("postmaster.pid"));
        world.end(pid, new Exited(0));
        world.pass(Duration.ofMillis(50), node);
        assertEquals(NodeState.STOPPED, node.state());
        assertTrue(node.wentDownCleanly());
    }

    @Test
    void whatSomebodyStoppedOfAServerIsContinuedWhenItIsToldToStopAndAgainLater() throws IOException {
        int pid = running();
        int backend = world.add("postgres", List.of("postgres: backend"), directory, pid).identity().pid();
        world.inState('T', backend);
        node.stopRequested("test");
        node.tellToStop(StopStage.FAST);
        assertEquals(List.of("INT " + pid, "CONT " + backend), world.signals);
        world.inState('T', pid);
        node.tellToStop(StopStage.FAST);
        assertEquals(2, world.signals.size(), "not at every tick");
        world.pass(Duration.ofSeconds(1), node);
        node.tellToStop(StopStage.FAST);
        assertEquals("CONT " + pid, world.signals.get(2));
        assertTrue(world.log.stream().anyMatch(line -> line.startsWith("WARN") && line.contains("sent SIGCONT")));
    }

    @Test
    void aServerWhoseTurnToStopIsYetToComeIsContinuedToo() throws IOException {
        int pid = running();
        world.inState('T', pid);
        node.stopRequested("test");
        node.tellToStop(StopStage.NONE);
        assertEquals(List.of("CONT " + pid), world.signals);
    }

    @Test
    void aServerThatDiesOfTheStopSignalBeforeItCouldHandleItWentDownCleanly() {
        node.startRequested("test");
        int pid = node.server().orElseThrow().pid();
        node.stopRequested("the container stops");
        node.tellToStop(StopStage.FAST);
        world.end(pid, new Signaled(2, false));
        world.pass(Duration.ofMillis(50), node);
        assertEquals(NodeState.STOPPED, node.state());
        assertTrue(node.wentDownCleanly());
    }

    @Test
    void aStopThatHadToAbandonClientsIsNotClean() throws IOException {
        int pid = running();
        node.stopRequested("the container stops");
        node.tellToStop(StopStage.FAST);
        node.tellToStop(StopStage.IMMEDIATE);
        Files.delete(directory.resolve("postmaster.pid"));
        world.end(pid, new Exited(0));
        world.pass(Duration.ofMillis(50), node);
        assertFalse(node.wentDownCleanly());
    }

    @Test
    void aNodeWhoseDirectoryIsRemovedAfterItsStopIsForgotten() throws IOException {
        int pid = running();
        Files.delete(directory.resolve("postmaster.pid"));
        world.end(pid, new Exited(0));
        world.pass(SETTLED, node);
        world.context().environments().write(directory, java.util.Map.of("SECRET", "x"));
        removeDirectory();
        node.lookForDirectory();
        assertEquals(NodeState.GONE, node.state());
        assertTrue(world.lockedHere.isEmpty());
        assertEquals(java.util.Map.of(), world.context().environments().read(directory));
    }

    /** As {@code pgxc_ctl remove … clean} leaves it: removed and made anew within one command. */
    @Test
    void aNodeWhoseDirectoryIsEmptiedIsNeverStartedThereAgain() throws IOException {
        int pid = running();
        removeDirectory();
        Files.createDirectory(directory);
        world.end(pid, new Signaled(9, false));
        world.pass(SETTLED, node);
        assertEquals(NodeState.GONE, node.state());
        assertEquals(1, world.started.size());
        assertTrue(world.lockedHere.isEmpty());
    }

    /** As {@code pgxc_ctl deploy} puts it below the home directory. */
    @Test
    void aServerOfAnotherPostgresXlIsToldOfWithTheSettingThatKeepsIt() throws IOException {
        Path other = Files.createDirectories(world.home.resolve("pgxc/bin"));
        Path postgres = Files.createFile(other.resolve("postgres"));
        String warning = "takes " + world.context().prefix() + "/bin/postgres: set PGXL_PREFIX to " + other.getParent();

        adopt(postgres);
        assertTrue(world.log.stream().noneMatch(line -> line.contains("PGXL_PREFIX")), "a stock PostgreSQL, of the stand-in");
        Files.createFile(other.resolve("gtm_ctl"));
        adopt(postgres);
        assertTrue(world.log.stream().anyMatch(line -> line.contains("runs " + postgres) && line.contains(warning)),
                world.log.toString());
    }

    private void adopt(Path executable) throws IOException {
        ProcessView server = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        world.executables.put(server.identity().pid(), executable);
        world.writePidFile(directory, Role.COORDINATOR, server.identity().pid(), "ready");
        node.seen(server, Role.COORDINATOR, world.now());
    }

    /** {@code pgxc_ctl clean all} while it serves; what is made there anew is not started before somebody starts it. */
    @Test
    void aServerWhoseDirectoryWasMadeAnewUnderItIsEndedAndItsNodeForgotten() throws IOException {
        int pid = running();
        Files.move(directory, directory.resolveSibling("removed"));
        Files.createDirectory(directory);
        Files.writeString(directory.resolve("PG_VERSION"), "10");
        world.deletedUnder.add(pid);
        node.lookForDirectory();
        assertEquals(List.of("QUIT " + pid), world.signals);
        node.lookForDirectory();
        assertEquals(1, world.signals.size(), "told once");
        world.end(pid, new Exited(0));
        world.pass(SETTLED, node);
        assertEquals(NodeState.GONE, node.state());
        assertEquals(1, world.started.size());
    }

    @Test
    void oneWhoseDirectoryWasRemovedIsEndedToo() throws IOException {
        int pid = running();
        Files.move(directory, directory.resolveSibling("removed"));
        world.deletedUnder.add(pid);
        node.lookForDirectory();
        assertEquals(List.of("QUIT " + pid), world.signals);
    }

    /** It works where it was moved to; and a file system may say "deleted" of what is still there. */
    @Test
    void oneWhoseDirectoryWasMovedServesOnAndSoDoesOneWhoseDirectoryIsStillThere() throws IOException {
        int pid = running();
        Files.move(directory, directory.resolveSibling("moved"));
        node.lookForDirectory();
        Files.move(directory.resolveSibling("moved"), directory);
        world.deletedUnder.add(pid);
        node.lookForDirectory();
        assertEquals(List.of(), world.signals);
        assertEquals(NodeState.RUNNING, node.state());
    }

    @Test
    void onlyWhatIsThereAndNotEmptyIsNoRemovedDirectory() throws IOException {
        assertFalse(DirectoryClaim.isRemoved(directory));
        assertTrue(DirectoryClaim.isRemoved(directory.resolve("none")));
        assertTrue(DirectoryClaim.isRemoved(Files.createDirectory(directory.resolve("empty"))));
    }

    @Test
    void anEndThatNobodySawIsUnknownAndNeverTakenForSuccess() throws IOException {
        int pid = running();
        world.processes.remove(pid);
        world.pass(Duration.ofSeconds(2), node);
        assertTrue(world.log.stream().anyMatch(line -> line.contains("unknown status")));
        assertEquals(2, world.started.size(), "its pid file is still there, so it crashed");
    }

    private void removeDirectory() throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
