package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void whatCannotBeLockedSaysWhy() throws Exception {
        Path missing = temporary.resolve("missing");
        assertEquals(
                new DirectoryLocks.Attempt.Failed("cannot open " + missing + " to lock it: ENOENT (no such file or directory)"),
                locks.tryLock(missing));

        Path file = Files.createFile(temporary.resolve("file"));
        assertEquals(
                new DirectoryLocks.Attempt.Failed("cannot open " + file + " to lock it: ENOTDIR (not a directory)"),
                locks.tryLock(file));

        Libc libc = FaultyLibc.with(Kernel.LIBC, "flock", arguments -> Errno.ENOLCK.asResult());
        assertEquals(
                new DirectoryLocks.Attempt.Failed("cannot lock " + directory + ": ENOLCK (no locks available)"),
                new FileLocks(libc).tryLock(directory));
    }

    private DirectoryLocks.Lock held(Path path) {
        return assertInstanceOf(DirectoryLocks.Attempt.Held.class, locks.tryLock(path)).lock();
    }
}
