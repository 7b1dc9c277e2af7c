package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OwnJvm
class StartFailureTest {
    @TempDir
    Path temporary;

    @Test
    void aMissingProgramIsNamed() {
        assertFails("cannot start /no/such/program in /: ENOENT (no such file or directory):"
                + " the program does not exist or cannot be reached", Kernel.command("/no/such/program"));
    }

    @Test
    void aMissingDirectoryIsNamedAndNotTheProgram() {
        Path missing = temporary.resolve("gone");
        assertFails(
                "cannot start /bin/true in " + missing + ": ENOENT (no such file or directory):"
                        + " the directory does not exist or cannot be reached",
                Command.of(Path.of("/bin/true"), List.of(), Map.of(), missing));
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsNamed() {
        assertFails(
                "cannot start /bin/true in /etc/passwd: ENOTDIR (not a directory): the directory is none",
                Command.of(Path.of("/bin/true"), List.of(), Map.of(), Path.of("/etc/passwd")));
    }

    @Test
    void aFileWithoutTheExecutableBitIsNamed() throws Exception {
        Path file = Files.writeString(temporary.resolve("plain"), "#!/bin/sh\n");
        assertFails(
                "cannot start " + file + " in /: EACCES (permission denied): the program may not be executed",
                Kernel.command(file.toString()));
    }

    @Test
    void aMissingInterpreterIsToldFromAMissingProgram() throws Exception {
        Path file = Files.writeString(temporary.resolve("script"), "#!/no/such/interpreter\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertFails(
                "cannot start " + file + " in /: ENOENT (no such file or directory):"
                        + " the program exists, so its interpreter or the terminal does not",
                Kernel.command(file.toString()));
    }

    @Test
    void anArgumentBeyondTheKernelsLimitIsE2big() {
        assertFails(
                "cannot start /bin/true in /: E2BIG (arguments and environment are too long)",
                Kernel.command("/bin/true", "x".repeat(200_000)));
    }

    @Test
    void anArgumentWithANulIsRefusedRatherThanCut() {
        assertFails("cannot start /bin/true: argument 1 contains a NUL", Kernel.command("/bin/true", "a\0b"));
    }

    @Test
    void aForkFailureIsEagain() {
        Libc libc = FaultyLibc.with(Kernel.LIBC, "posixSpawn", arguments -> Errno.EAGAIN.asResult());
        var starter = new Processes(libc, new Reaper(libc, Kernel.LOG, MonotonicClock.system()));
        var failure = assertThrows(StartFailedException.class, () -> starter.start(Kernel.command("/bin/true")));
        assertEquals("cannot start /bin/true in /: EAGAIN (resource temporarily unavailable)", failure.getMessage());
    }

    @Test
    void neitherStartsNorFailuresCostADescriptor() throws Exception {
        Kernel.shell("exit 0").output().close();
        int before = openDescriptors();

        for (int i = 0; i < 500; i++) {
            Child child = Kernel.shellWithPipes("exit 0");
            child.input().close();
            child.output().close();
            child.error().close();
        }
        for (int i = 0; i < 500; i++) {
            assertThrows(StartFailedException.class, () -> Kernel.PROCESSES.start(Kernel.command("/no/such/program")));
        }

        Eventually.holds("as few descriptors as before", () -> openDescriptors() <= before);
    }

    @Test
    void aKernelWithoutDescriptorsCostsNoneEither() throws Exception {
        int before = openDescriptors();
        for (String function : List.of("pipe2", "eventfd", "fcntl", "posixSpawn")) {
            Libc libc = FaultyLibc.with(Kernel.LIBC, function, arguments -> Errno.EMFILE.asResult());
            var starter = new Processes(libc, new Reaper(libc, Kernel.LOG, MonotonicClock.system()));
            var failure = assertThrows(StartFailedException.class, () -> starter.start(Kernel.command("/bin/true")));
            assertTrue(failure.getMessage().contains("EMFILE (too many open files)"), failure.getMessage());
        }
        assertEquals(before, openDescriptors());
    }

    private static void assertFails(String message, Command command) {
        var failure = assertThrows(StartFailedException.class, () -> Kernel.PROCESSES.start(command));
        assertEquals(message, failure.getMessage());
    }

    private static int openDescriptors() throws Exception {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return (int) descriptors.count();
        }
    }
}
