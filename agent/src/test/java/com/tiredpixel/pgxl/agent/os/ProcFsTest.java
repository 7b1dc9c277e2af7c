package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the kernel's own {@code /proc}. */
@OwnJvm
class ProcFsTest {
    private final ProcFs table = new ProcFs(Kernel.LIBC, Kernel.REAPER, any -> true);
    private final POSIX posix = POSIXFactory.getNativePOSIX();

    @TempDir
    Path temporary;

    @Test
    void thisJvmIsShownAsItIs() {
        ProcessView own = table.find(posix.getpid()).orElseThrow();

        assertEquals(posix.getpid(), own.identity().pid());
        assertEquals(posix.getppid(), own.parent());
        assertEquals(posix.geteuid(), own.uid());
        assertEquals("java", own.program());
        assertEquals(Optional.of(Path.of("").toAbsolutePath()), own.directory());
        assertTrue(table.isAlive(own.identity()));
    }

    @Test
    void threadIdsOfTheJvmAreNoProcessesThoughKillAnswersForThem() {
        int threads = 0;
        for (OwnThreads.Thread thread : OwnThreads.list(Path.of("/proc/self"))) {
            if (thread.id() != posix.getpid()) {
                threads++;
                assertEquals(Optional.empty(), table.find(thread.id()));
                assertFalse(table.signal(new ProcessIdentity(thread.id(), 0), Signal.KILL));
            }
        }
        assertNotEquals(0, threads);
    }

    @Test
    void aProgramWithAHostileNameIsFound() throws Exception {
        Path program = Files.copy(Path.of("/bin/sleep"), temporary.resolve("a) Z 1 (b"));
        Child child = Kernel.PROCESSES.start(Command.of(program, List.of("600"), Kernel.ENVIRONMENT, temporary));

        Eventually.holds("a command line", () -> !view(child).commandLine().isEmpty());

        ProcessView view = view(child);

        assertEquals(child.identity(), view.identity());
        assertEquals(posix.getpid(), view.parent());
        assertEquals(List.of(program.toString(), "600"), view.commandLine());
        assertEquals(Optional.of(temporary.toRealPath()), view.directory());
        assertFalse(view.isZombie());
        assertEquals("a) Z 1 (b", view.program());
        assertTrue(isListed(child));
        child.signal(Signal.KILL);
    }

    @Test
    void aProcessKeepsADirectoryThatWasDeletedAndItShows() throws Exception {
        Path directory = Files.createDirectory(temporary.resolve("there"));
        Child child = Kernel.PROCESSES.start(Command.of(Path.of("/bin/sleep"), List.of("600"), Kernel.ENVIRONMENT, directory));

        assertFalse(table.worksInDeleted(child.identity()));
        Files.delete(directory);
        assertTrue(table.worksInDeleted(child.identity()));
        Files.createDirectory(directory);
        assertTrue(table.worksInDeleted(child.identity()), "another of the same name");
        assertEquals(Optional.of(Path.of("/bin/sleep").toRealPath()), table.executable(child.identity()));
        child.signal(Signal.KILL);
    }

    @Test
    void aProgramWhoseFileWasReplacedKeepsItsName() throws Exception {
        Path program = Files.copy(Path.of("/bin/sleep"), temporary.resolve("sleepy"));
        Child child = Kernel.PROCESSES.start(Command.of(program, List.of("600"), Kernel.ENVIRONMENT, temporary));
        Files.delete(program);

        assertEquals("sleepy", table.find(child.identity().pid()).orElseThrow().program());
        child.signal(Signal.KILL);
    }

    @Test
    void aChildOfAnotherThreadIsOurs() throws Exception {
        var started = new java.util.concurrent.CompletableFuture<Child>();
        var done = new java.util.concurrent.CountDownLatch(1);
        Thread other = new Thread(() -> {
            try {
                started.complete(Kernel.shell("exec sleep 600"));
                done.await();
            } catch (Exception e) {
                started.completeExceptionally(e);
            }
        });
        other.start();
        Child child = Eventually.get(started);

        assertTrue(isListed(child));
        done.countDown();
        other.join();
        assertTrue(isListed(child), "after its thread has ended");
        child.signal(Signal.KILL);
    }

    @Test
    void aSignalReachesItsProcessAndNoOtherOfTheSameNumber() throws Exception {
        Child child = Kernel.shell("exec sleep 600");
        ProcessIdentity identity = child.identity();
        var earlier = new ProcessIdentity(identity.pid(), identity.startTicks() - 1);

        assertFalse(table.signal(earlier, Signal.KILL));
        assertTrue(table.isAlive(identity));
        assertFalse(table.isAlive(earlier));

        assertTrue(table.signal(identity, Signal.USR2));
        assertEquals(new ExitStatus.Signaled(12, false), Eventually.get(child.exit()));
        assertFalse(table.signal(identity, Signal.USR2));
    }

    @Test
    void aZombieIsNotAlive() throws Exception {
        // The zombie's parent is a shell that has become sleep, which waits for nobody.
        Child parent = Kernel.shell("sh -c 'echo $$' & exec sleep 600");
        int pid = Integer.parseInt(ProcessesTest.firstLine(parent));
        Eventually.holds("a zombie", () -> table.find(pid).filter(ProcessView::isZombie).isPresent());
        ProcessIdentity zombie = table.find(pid).orElseThrow().identity();

        assertEquals(0, posix.kill(pid, 0), "kill answers for it");
        assertFalse(table.isAlive(zombie));
        assertFalse(table.signal(zombie, Signal.KILL));
        parent.signal(Signal.KILL);
    }

    @Test
    void listeningPortsAreSeenWithoutAConnection() throws Exception {
        ProcessIdentity own = table.find(posix.getpid()).orElseThrow().identity();
        Set<Integer> before = table.listeningPorts(own);
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertFalse(before.contains(socket.getLocalPort()));
            assertTrue(table.listeningPorts(own).contains(socket.getLocalPort()));

            Child stranger = Kernel.shell("exec sleep 600");
            assertEquals(Set.of(), table.listeningPorts(stranger.identity()));
            stranger.signal(Signal.KILL);
        }
    }

    private ProcessView view(Child child) {
        return table.find(child.identity().pid()).orElseThrow();
    }

    private boolean isListed(Child child) {
        return table.children(any -> true).stream().anyMatch(view -> view.identity().equals(child.identity()));
    }
}
