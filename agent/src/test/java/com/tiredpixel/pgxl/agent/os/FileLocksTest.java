package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Obstacle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@OwnJvm
class FileLocksTest {
    private final FileLocks locks = new FileLocks(Kernel.LIBC);

    @TempDir
    Path temporary;

    private Path directory;

    @BeforeEach
    void dataDirectory() throws Exception {
        directory = Files.createDirectory(temporary.resolve("data dir"));
    }

    @Test
    void oneHoldsItAndTheOtherIsToldBusy() {
        DirectoryLocks.Lock lock = held(directory);
        assertEquals(new DirectoryLocks.Attempt.Busy(), locks.tryLock(directory));

        lock.close();
        lock.close();

        held(directory).close();
    }

    @Test
    void itIsBusyWhileAnotherProcessHoldsIt() throws Exception {
        Child other = Kernel.PROCESSES.start(new Command(
                Path.of("/usr/bin/flock"),
                List.of("flock", directory.toString(), "sh", "-c", "echo locked; exec cat"),
                Kernel.ENVIRONMENT,
                Kernel.ROOT,
                new Stdio.Pipe(),
                new Stdio.Pipe(),
                new Stdio.SameAsOutput()));
        assertEquals("locked", ProcessesTest.firstLine(other));

        assertEquals(new DirectoryLocks.Attempt.Busy(), locks.tryLock(directory));

        other.input().close();
        Eventually.get(other.exit());
        held(directory).close();
    }

    /** A lock that nobody knows of would keep this very agent out, for good. */
    @Test
    void anAttemptThatFailsHalfWayHoldsNothing() {
        for (String failing : List.of("open", "flock")) {
            var poor = new FileLocks(FaultyLibc.before(Kernel.LIBC, function -> {
                if (function.equals(failing)) {
                    throw new OutOfMemoryError("as a test says");
                }
            }));
            long before = new java.io.File("/proc/self/fd").list().length;
            assertThrows(OutOfMemoryError.class, () -> poor.tryLock(directory));
            assertEquals(before, new java.io.File("/proc/self/fd").list().length, failing);
        }
        held(directory).close();
    }

    @Test
    void aProcessThatWeStartDoesNotKeepItLocked() throws Exception {
        DirectoryLocks.Lock lock = held(directory);
        Child child = Kernel.shell("exec sleep 600");

        lock.close();

        held(directory).close();
        child.signal(Signal.KILL);
    }

    @Test
    void aDirectoryMadeAnewIsNotTheOneThatIsLocked() throws Exception {
        DirectoryLocks.Lock lock = held(directory);
        assertTrue(lock.isOn(directory));

        Files.delete(directory);
        assertFalse(lock.isOn(directory));
        Files.createDirectory(directory);
        assertFalse(lock.isOn(directory));

        // The new directory is free, and the old lock does not stand in the way.
        held(directory).close();
        lock.close();
        assertFalse(lock.isOn(directory));
    }

    @Test
    void aRenamedDirectoryKeepsItsLock() throws Exception {
        DirectoryLocks.Lock lock = held(directory);
        Path moved = Files.move(directory, temporary.resolve("moved"));

        assertTrue(lock.isOn(moved));
        assertFalse(lock.isOn(directory));
        assertEquals(new DirectoryLocks.Attempt.Busy(), locks.tryLock(moved));
        lock.close();
    }

    @Test
    void whatCannotBeOpenedIsNotLockedAndSaysWhy() throws Exception {
        Path missing = temporary.resolve("missing");
        assertEquals(
                failed("cannot open " + missing + " to lock it: ENOENT (no such file or directory)", Obstacle.NO_ACCESS),
                locks.tryLock(missing));

        Path file = Files.createFile(temporary.resolve("file"));
        assertEquals(
                failed("cannot open " + file + " to lock it: ENOTDIR (not a directory)", Obstacle.NO_ACCESS),
                locks.tryLock(file));
    }

    @ParameterizedTest
    @EnumSource(Errno.class)
    void everyErrorButBusyIsAFailureWithItsName(Errno errno) {
        Libc libc = FaultyLibc.with(Kernel.LIBC, "flock", arguments -> errno.asResult());

        DirectoryLocks.Attempt attempt = new FileLocks(libc).tryLock(directory);

        if (errno == Errno.EAGAIN) {
            assertEquals(new DirectoryLocks.Attempt.Busy(), attempt);
        } else {
            var failed = assertInstanceOf(DirectoryLocks.Attempt.Failed.class, attempt);
            assertTrue(failed.reason().startsWith("cannot lock " + directory + ": " + errno.name() + " ("), failed.reason());
            boolean passes = List.of("EINTR", "ENOMEM", "ENFILE", "EMFILE").contains(errno.name());
            assertEquals(passes ? Obstacle.NO_ROOM : Obstacle.NO_LOCKS, failed.obstacle());
        }
    }

    @Test
    void aFileIsLockedLikeADirectoryAndALinkIsNot() throws Exception {
        Path file = Files.createFile(temporary.resolve("lock"));
        DirectoryLocks.Lock lock = assertInstanceOf(DirectoryLocks.Attempt.Held.class, locks.tryLockFile(file)).lock();
        assertEquals(new DirectoryLocks.Attempt.Busy(), locks.tryLockFile(file));
        assertTrue(lock.isOn(file));
        lock.close();

        Path link = Files.createSymbolicLink(temporary.resolve("link"), file);
        assertEquals(
                failed("cannot open " + link + " to lock it: ELOOP (too many levels of symbolic links)", Obstacle.NO_ACCESS),
                locks.tryLockFile(link));
    }

    private static DirectoryLocks.Attempt failed(String reason, Obstacle obstacle) {
        return new DirectoryLocks.Attempt.Failed(reason, obstacle);
    }

    private DirectoryLocks.Lock held(Path path) {
        return assertInstanceOf(DirectoryLocks.Attempt.Held.class, locks.tryLock(path)).lock();
    }
}
