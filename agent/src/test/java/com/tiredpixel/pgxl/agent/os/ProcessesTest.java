package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import org.junit.jupiter.api.Test;

@OwnJvm
class ProcessesTest {
    private final POSIX posix = POSIXFactory.getNativePOSIX();

    @Test
    void everyExitCodeIsReportedExactly() throws Exception {
        List<Child> children = new ArrayList<>();
        for (int code = 0; code < 256; code++) {
            children.add(Kernel.shell("exit " + code));
        }
        for (int code = 0; code < 256; code++) {
            assertEquals(new ExitStatus.Exited(code), Eventually.get(children.get(code).exit()));
            children.get(code).output().close();
        }
    }

    @Test
    void everySignalIsReportedExactly() throws Exception {
        for (Signal signal : List.of(
                Signal.HUP, Signal.INT, Signal.QUIT, Signal.ABRT, Signal.KILL, Signal.USR1, Signal.SEGV, Signal.USR2,
                Signal.PIPE, Signal.ALRM, Signal.TERM)) {
            Child child = Kernel.shell("ulimit -c 0; kill -" + signal.number() + " $$; sleep 60");
            assertEquals(new ExitStatus.Signaled(signal.number(), false), Eventually.get(child.exit()));
            child.output().close();
        }
    }

    @Test
    void anExitWith137IsNoDeathBySigkill() throws Exception {
        ExitStatus exited = Eventually.get(Kernel.shell("exit 137").exit());
        ExitStatus killed = Eventually.get(Kernel.shell("kill -9 $$").exit());

        assertEquals("exit 137", exited.toString());
        assertEquals("signal 9 (KILL)", killed.toString());
        assertNotEquals(exited, killed);
    }

    /** As in a heap that is full: each call that a start makes fails once. */
    @Test
    void aStartThatFailsHalfWayLeavesNoProcessAndNoDescriptor() throws Exception {
        Command command = new Command(
                Path.of("/bin/true"), List.of("true"), Kernel.ENVIRONMENT, Kernel.ROOT,
                new Stdio.Pipe(), new Stdio.Pipe(), new Stdio.Pipe());
        List<String> failed = new ArrayList<>();
        boolean started = false;
        long before = descriptors();
        while (!started) {
            int failing = failed.size();
            var calls = new AtomicInteger();
            Libc poor = FaultyLibc.before(Kernel.LIBC, function -> {
                // That one gives back; and what a wake-up lacks, the end of the child makes up for.
                if (!function.equals("close") && calls.getAndIncrement() == failing) {
                    failed.add(function);
                    throw new OutOfMemoryError("as a test says");
                }
            });
            try {
                Child child = new Processes(poor, Kernel.REAPER).start(command);
                assertEquals(new ExitStatus.Exited(0), Eventually.get(child.exit()));
                child.input().close();
                child.output().close();
                child.error().close();
                started = true;
            } catch (OutOfMemoryError e) {
                assertEquals("as a test says", e.getMessage());
            }
            assertEquals(before, descriptors(), "descriptors after a failure of call " + failing + ", " + failed);
        }
        assertTrue(failed.containsAll(List.of("pipe2", "eventfd", "fcntl", "posixSpawn")), failed::toString);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    /** Nobody would ever hear of its end. */
    @Test
    void aProcessThatCannotBeNotedDownIsKilled() throws Exception {
        Child stranger = Kernel.shell("exec sleep 600");
        int pid = stranger.identity().pid();
        assertThrows(OutOfMemoryError.class, () -> Kernel.REAPER.registry().register(new ChildRegistry.Start() {
            @Override
            public int spawn() {
                return pid;
            }

            @Override
            public OwnChild child(int number) {
                throw new OutOfMemoryError("as a test says");
            }
        }));
        assertEquals(new ExitStatus.Signaled(9, false), Eventually.get(stranger.exit()));
    }

    @Test
    void aChildLeadsASessionAndGroupOfItsOwn() throws Exception {
        Child child = Kernel.shell("cut -d ' ' -f 6 /proc/$$/stat; exec sleep 60");
        int pid = child.identity().pid();

        assertEquals(pid, posix.getpgid(pid));
        assertEquals(Integer.toString(pid), firstLine(child), "session id");

        assertTrue(child.signal(Signal.KILL));
        Eventually.get(child.exit());
    }

    @Test
    void aChildBlocksAndIgnoresNoSignalThoughTheJvmDoes() throws Exception {
        Child child = Kernel.PROCESSES.start(Kernel.command("/bin/grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"));

        assertEquals("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", Eventually.text(child));
    }

    @Test
    void aChildInheritsNoDescriptorThoughOneIsOpenForIt() throws Exception {
        int leaky = Kernel.LIBC.open(NativeStrings.terminated(NativeStrings.text("/etc/passwd")), Libc.O_RDONLY);
        try {
            // What ls itself has open is the directory that it lists.
            String listing = Eventually.text(
                    Kernel.PROCESSES.start(Kernel.command("/bin/sh", "-c", "readlink /proc/self/fd/*; ls /proc/self/fd")));

            assertFalse(listing.contains("passwd"), listing);
            assertTrue(listing.endsWith("0\n1\n2\n3\n"), listing);
        } finally {
            Kernel.LIBC.close(leaky);
        }
    }

    @Test
    void argumentsAndDirectoryArriveAsTheyAre() throws Exception {
        Child child = Kernel.PROCESSES.start(Command.of(
                Path.of("/bin/sh"),
                List.of("-c", "echo \"$0|$1|$2|\"; pwd", "zero", "ä \"'\\\n", ""),
                Kernel.ENVIRONMENT,
                Path.of("/usr")));

        assertEquals("zero|ä \"'\\\n||\n/usr\n", Eventually.text(child));
    }

    @Test
    void theEnvironmentIsWhatTheCommandSaysAndNothingElse() throws Exception {
        Child child = Kernel.PROCESSES.start(
                Command.of(Path.of("/usr/bin/env"), List.of(), Map.of("A", "b=c €"), Kernel.ROOT));

        assertEquals("A=b=c €\n", Eventually.text(child));
    }

    @Test
    void argvZeroIsWhatTheCommandSays() throws Exception {
        Child child = Kernel.PROCESSES.start(new Command(
                Path.of("/bin/sh"),
                List.of("-sh", "-c", "tr '\\0' ' ' </proc/$$/cmdline"),
                Kernel.ENVIRONMENT,
                Kernel.ROOT,
                new Stdio.Null(),
                new Stdio.Pipe(),
                new Stdio.Null()));

        assertTrue(Eventually.text(child).startsWith("-sh -c "));
    }

    @Test
    void theThreeStreamsAreApart() throws Exception {
        Child child = Kernel.shellWithPipes("cat; echo oops >&2");
        child.input().write("through\n".getBytes(StandardCharsets.UTF_8));
        child.input().close();

        assertEquals("through\n", Eventually.text(child));
        assertEquals("oops\n", new String(child.error().readAllBytes(), StandardCharsets.UTF_8));
    }

    @Test
    void aChildWithoutPipesHasAnEmptyOutputAndARefusingInput() throws Exception {
        Child child = Kernel.PROCESSES.start(new Command(
                Path.of("/bin/true"),
                List.of("true"),
                Map.of(),
                Kernel.ROOT,
                new Stdio.Null(),
                new Stdio.Null(),
                new Stdio.Null()));

        assertEquals(-1, child.output().read());
        assertEquals(-1, child.error().read());
        assertThrows(IOException.class, () -> child.input().write(1));
        assertEquals(new ExitStatus.Exited(0), Eventually.get(child.exit()));
    }

    @Test
    void aSignalReachesNobodyOnceTheChildIsReaped() throws Exception {
        Child child = Kernel.shell("exit 0");
        Eventually.get(child.exit());

        assertFalse(child.signal(Signal.KILL));
        assertFalse(child.signalGroup(Signal.KILL));
    }

    @Test
    void aSignalToTheGroupReachesGrandchildren() throws Exception {
        Child child = Kernel.shell("sleep 600 & echo $!; wait");
        int grandchild = Integer.parseInt(firstLine(child));

        assertTrue(child.signalGroup(Signal.KILL));

        assertEquals(new ExitStatus.Signaled(9, false), Eventually.get(child.exit()));
        Eventually.holds("grandchild gone", () -> posix.kill(grandchild, 0) != 0);
    }

    @Test
    void noCallerCanInventAnExitStatus() throws Exception {
        Child child = Kernel.shellWithPipes("read line; exit 5");

        child.exit().complete(new ExitStatus.Exited(0));
        child.exit().cancel(true);
        child.input().close();

        assertEquals(new ExitStatus.Exited(5), Eventually.get(child.exit()));
    }

    static String firstLine(Child child) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = child.output().read(); c >= 0 && c != '\n'; c = child.output().read()) {
            line.append((char) c);
        }
        return line.toString();
    }
}
