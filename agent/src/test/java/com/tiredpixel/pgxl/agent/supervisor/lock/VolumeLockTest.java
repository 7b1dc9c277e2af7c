package com.tiredpixel.pgxl.agent.supervisor.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Attempt;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Obstacle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeLockTest {
    private static final Grant OURS = new Grant.Ours();

    @TempDir
    Path volume;

    private Path directory;
    private Path folder;
    private Duration now = Duration.ofHours(1);
    private final List<Machine> machines = new ArrayList<>();

    @BeforeEach
    void aDataDirectory() throws Exception {
        directory = Files.createDirectories(volume.resolve("data/dn1"));
        folder = volume.resolve("data/.dn1.pgxl-lock");
    }

    // File systems of one kernel.

    @Test
    void onADiskOfOneKernelTheLockIsThereAtOnceAndNoFileIsMade() throws Exception {
        Machine only = machine("a", "boot", new Machine.Mount("ext4", "8:1"));
        Files.writeString(only.pidFile(), "57\n");
        assertEquals(OURS, only.tryToStart());
        assertTrue(only.lock.isHeld());
        try (var files = Files.list(directory.getParent())) {
            assertEquals(List.of(directory), files.toList());
        }
    }

    @Test
    void onADiskTheSecondContainerWaitsAndTakesOverAtOnce() {
        var disk = new Machine.Mount("ext4", "8:1");
        Machine first = machine("a", "boot", disk);
        Machine second = machine("b", "boot", disk);
        assertEquals(OURS, first.tryToStart());
        assertElsewhere(second.tryToStart(), "a server in another container holds the lock of " + directory);
        first.die();
        assertEquals(OURS, second.tryToStart());
    }

    @ParameterizedTest
    @EnumSource(Obstacle.class)
    void aLockThatCannotBeHadIsNoLock(Obstacle obstacle) {
        for (String type : List.of("ext4", "nfs4", "fuse.bindfs")) {
            Machine only = machine("a", "boot", new Machine.Mount(type, "8:1"));
            only.trouble = Optional.of(new Attempt.Failed("cannot lock it: ENOLCK (no locks available)", obstacle));
            Grant.Unknown unknown = assertInstanceOf(Grant.Unknown.class, only.tryToStart());
            assertTrue(unknown.reason().startsWith("cannot lock it: ENOLCK (no locks available); "), unknown.reason());
            assertFalse(unknown.anotherOwner());
            assertFalse(only.lock.isHeld());
            only.trouble = Optional.empty();
            assertEquals(OURS, start(only), "it tries again");
            only.stopInOrder();
        }
    }

    @Test
    void anOperatorWhoWantsNoLockGetsNoneAndNothingIsProvenThen() {
        Machine only = machine("a", "boot", new Machine.Mount("nfs4", "0:53"), VolumeLocks.Mode.OFF);
        only.trouble = Optional.of(new Attempt.Failed("cannot lock it", Obstacle.NO_LOCKS));
        assertEquals(OURS, only.tryToStart());
        assertFalse(only.lock.isHeld());
    }

    // File systems that other machines may mount.

    @ParameterizedTest
    @ValueSource(strings = {"boot-a", "boot-b"})
    void ofTwoMachinesOneGetsItAndTheOtherWaitsWhileThatLives(String bootOfSecond) {
        Machine first = machine("a", "boot-a", new Machine.Mount("fuse.x", "0:53"));
        Machine second = machine("b", bootOfSecond, new Machine.Mount("fuse.x", "0:54"));
        assertInstanceOf(Grant.Soon.class, first.tryToStart());
        assertInstanceOf(Grant.Elsewhere.class, second.tryToStart());
        assertEquals(OURS, start(first));
        assertElsewhere(after(Duration.ofMinutes(1), second), "whose agent runs on host a and shows that it lives");
        assertFalse(second.serves);
    }

    @Test
    void aCleanStopLetsTheOtherMachineTakeOver() {
        Machine first = machine("a", "boot-a", new Machine.Mount("nfs4", "0:53"));
        Machine second = machine("b", "boot-b", new Machine.Mount("nfs4", "0:53"));
        start(first);
        second.tryToStart();
        first.stopInOrder();
        assertEquals(OURS, start(second));
    }

    @Test
    void aSilentOwnerOnAnotherMachineIsNeverTakenForDead() throws Exception {
        Machine first = machine("a", "boot-a", new Machine.Mount("nfs4", "0:53", "local_lock=none"));
        Machine second = machine("b", "boot-b", new Machine.Mount("nfs4", "0:53", "local_lock=none"));
        start(first);
        first.die();
        assertElsewhere(second.tryToStart(), "whether it lives is watched for 10 s");
        Grant.Unknown unknown = assertInstanceOf(Grant.Unknown.class, after(Duration.ofHours(1), second));
        assertTrue(unknown.anotherOwner());
        assertTrue(unknown.reason().contains("remove " + folder.resolve("owner") + " and the pid file"), unknown.reason());

        // The way out, half of it, and all of it.
        Files.delete(folder.resolve("owner"));
        unknown = assertInstanceOf(Grant.Unknown.class, second.tryToStart());
        assertTrue(unknown.reason().contains("there is a pid file in " + directory), unknown.reason());
        Files.delete(second.pidFile());
        assertEquals(OURS, start(second));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fuse.x", "nfs4", "cifs"})
    void onTheSameMountADeadOwnerIsSucceededWithoutAnybodysHelp(String type) {
        var mount = new Machine.Mount(type, "0:53");
        Machine first = machine("a", "boot", mount);
        Machine second = machine("b", "boot", mount);
        start(first);
        first.die();
        assertEquals(OURS, after(Duration.ofSeconds(15), second));
        assertTrue(second.log.get(second.log.size() - 1).contains("took " + directory + " over from the agent of host a"));
    }

    @Test
    void anOwnerThatIsFrozenOnTheSameMountKeepsItsLock() {
        var mount = new Machine.Mount("fuse.x", "0:53");
        Machine first = machine("a", "boot", mount);
        Machine second = machine("b", "boot", mount);
        start(first);
        first.frozen = true;
        assertElsewhere(after(Duration.ofHours(1), second), "holds the lock of " + directory);
    }

    @Test
    void aFrozenOwnerThatWasGivenUpEndsItsServerWhenItWakes() throws Exception {
        Machine first = machine("a", "boot-a", new Machine.Mount("fuse.x", "0:53"));
        Machine second = machine("b", "boot-b", new Machine.Mount("fuse.x", "0:53"));
        start(first);
        first.frozen = true;
        assertInstanceOf(Grant.Unknown.class, after(Duration.ofSeconds(20), second));
        Files.delete(folder.resolve("owner"));
        Files.delete(second.pidFile());
        assertEquals(OURS, start(second));
        first.frozen = false;
        first.beat();
        assertFalse(first.serves);
        assertFalse(first.lock.isHeld());
        assertInstanceOf(Grant.Elsewhere.class, first.tryToStart());
        after(Duration.ofMinutes(1), first);
        assertTrue(second.serves);
        assertTrue(second.lock.isHeld());
    }

    /** Thawed and stopped in the same moment, before its next heartbeat. */
    @Test
    void aFrozenOwnerThatWakesUpToAStopLeavesTheRecordOfTheNext() throws Exception {
        Machine first = machine("a", "boot-a", new Machine.Mount("fuse.x", "0:53"));
        Machine second = machine("b", "boot-b", new Machine.Mount("fuse.x", "0:53"));
        start(first);
        first.frozen = true;
        after(Duration.ofSeconds(20), second);
        Files.delete(folder.resolve("owner"));
        Files.delete(second.pidFile());
        assertEquals(OURS, start(second));
        String record = Files.readString(folder.resolve("owner"));
        first.frozen = false;
        first.serves = false;
        first.lock.release("node", Remains.NOTHING);
        assertEquals(record, Files.readString(folder.resolve("owner")));
        assertTrue(second.lock.isHeld());
    }

    @Test
    void aRecordThatIsRemovedUnderALivingOwnerIsWrittenAgain() throws Exception {
        Machine first = machine("a", "boot-a", new Machine.Mount("fuse.x", "0:53"));
        Machine second = machine("b", "boot-b", new Machine.Mount("fuse.x", "0:53"));
        start(first);
        Files.delete(folder.resolve("owner"));
        first.beat();
        assertTrue(first.log.stream().anyMatch(line -> line.startsWith("WARN somebody removed " + folder.resolve("owner"))));
        assertInstanceOf(Grant.Elsewhere.class, after(Duration.ofMinutes(1), second));
        assertTrue(first.serves);
    }

    @Test
    void aPidFileWithoutARecordIsNobodysAndStopsTheStart() throws Exception {
        Machine only = machine("a", "boot", new Machine.Mount("fuse.x", "0:53"));
        Files.writeString(only.pidFile(), "57\n");
        Grant.Unknown unknown = assertInstanceOf(Grant.Unknown.class, only.tryToStart());
        assertFalse(unknown.anotherOwner());
        assertTrue(Files.notExists(folder.resolve("owner")), "it claims nothing that it cannot use");
        Files.delete(only.pidFile());
        assertInstanceOf(Grant.Soon.class, only.tryToStart());
        Files.writeString(only.pidFile(), "57\n");
        assertInstanceOf(Grant.Unknown.class, after(Duration.ofSeconds(2), only), "it appeared in the last moment");
        assertTrue(Files.notExists(folder.resolve("owner")));
    }

    @Test
    void aServerThatRunsHereAlreadyNeedsNoWait() throws Exception {
        Machine only = machine("a", "boot", new Machine.Mount("fuse.x", "0:53"));
        Files.writeString(only.pidFile(), "57\n");
        assertEquals(OURS, only.lock.forRunning("node"));
        assertTrue(only.lock.isHeld());
    }

    @Test
    void aServerThatDidNotEndInOrderLeavesTheRecordAndItsOwnAgentMayStartItAgain() {
        Machine first = machine("a", "boot-a", new Machine.Mount("fuse.x", "0:53"));
        Machine second = machine("b", "boot-b", new Machine.Mount("fuse.x", "0:53"));
        start(first);
        first.serves = false;
        first.lock.release("node", Remains.PID_FILE);
        assertInstanceOf(Grant.Unknown.class, after(Duration.ofMinutes(1), second));
        assertEquals(OURS, first.tryToStart());
    }

    @Test
    void aRemovedDirectoryLeavesNothingBesideIt() throws Exception {
        Machine only = machine("a", "boot", new Machine.Mount("fuse.x", "0:53"));
        start(only);
        Files.delete(only.pidFile());
        Files.delete(directory);
        only.lock.release("node", Remains.NO_DIRECTORY);
        assertTrue(Files.notExists(folder));
    }

    @Test
    void aDirectoryMadeAnewIsTakenAnew() throws Exception {
        Machine only = machine("a", "boot", new Machine.Mount("fuse.x", "0:53"));
        start(only);
        Files.delete(only.pidFile());
        Files.delete(directory);
        assertFalse(only.lock.isHeld());
        Files.createDirectory(directory);
        assertEquals(OURS, only.tryToStart());
    }

    @Test
    void aRecordThatCannotBeReadIsAnOwner() throws Exception {
        Machine only = machine("a", "boot", new Machine.Mount("fuse.x", "0:53"));
        Files.createDirectory(folder);
        Files.writeString(folder.resolve("owner"), "instance=x\nho");
        assertInstanceOf(Grant.Elsewhere.class, only.tryToStart());
        Grant.Unknown unknown = assertInstanceOf(Grant.Unknown.class, after(Duration.ofMinutes(1), only));
        assertTrue(unknown.anotherOwner());
        assertEquals("instance=x\nho", Files.readString(folder.resolve("owner")));
    }

    @Test
    void whereNoRecordCanBeKeptNothingIsStartedAndTheWayOutIsSaid() throws Exception {
        Machine only = machine("a", "boot", new Machine.Mount("fuse.x", "0:53"));
        Files.writeString(folder, "in the way");
        Grant.Unknown unknown = assertInstanceOf(Grant.Unknown.class, only.tryToStart());
        assertTrue(unknown.reason().contains("cannot be kept in " + folder), unknown.reason());
        assertTrue(unknown.reason().contains("PGXL_DIRECTORY_LOCK=local"), unknown.reason());
    }

    @Test
    void whoSaysThatNoOtherMachineMountsTheVolumeIsBelieved() {
        Machine only = machine("a", "boot", new Machine.Mount("fuse.x", "0:53"), VolumeLocks.Mode.LOCAL);
        assertEquals(OURS, only.tryToStart());
        assertTrue(Files.notExists(folder));
    }

    @Test
    void nothingInTheDataDirectoryIsTouched() throws Exception {
        Machine first = machine("a", "boot-a", new Machine.Mount("fuse.x", "0:53"));
        Machine second = machine("b", "boot-b", new Machine.Mount("fuse.x", "0:53"));
        start(first);
        first.die();
        after(Duration.ofMinutes(1), second);
        try (var files = Files.list(directory)) {
            assertEquals(List.of(first.pidFile()), files.toList());
        }
    }

    private Machine machine(String name, String boot, Machine.Mount mount) {
        return machine(name, boot, mount, VolumeLocks.Mode.AUTO);
    }

    private Machine machine(String name, String boot, Machine.Mount mount, VolumeLocks.Mode mode) {
        var machine = new Machine(name, boot, mount, mode, () -> now, directory);
        machines.add(machine);
        return machine;
    }

    /** Two seconds are enough, where nobody is in the way. */
    private Grant start(Machine machine) {
        machine.tryToStart();
        return after(Duration.ofSeconds(2), machine);
    }

    /** Time passes, hearts beat, and one machine tries again every second. */
    private Grant after(Duration time, Machine trying) {
        Duration until = now.plus(time);
        Grant grant = trying.tryToStart();
        while (now.compareTo(until) < 0) {
            now = now.plusSeconds(1);
            if (now.toSeconds() % 2 == 0) {
                machines.stream().filter(machine -> !machine.frozen && !machine.dead).forEach(Machine::beat);
            }
            grant = trying.tryToStart();
        }
        return grant;
    }

    private static void assertElsewhere(Grant grant, String part) {
        String reason = assertInstanceOf(Grant.Elsewhere.class, grant).reason();
        assertTrue(reason.contains(part), reason);
    }
}
