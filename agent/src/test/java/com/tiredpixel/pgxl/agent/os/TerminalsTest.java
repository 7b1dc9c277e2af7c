package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OwnJvm
class TerminalsTest {
    private PseudoTerminal terminal;

    @BeforeEach
    void open() throws IOException {
        terminal = new Terminals(Kernel.LIBC).open();
        terminal.resize(132, 50, 0, 0);
    }

    @AfterEach
    void close() {
        terminal.close();
    }

    @Test
    void aChildHasItAsControllingTerminalOfTheSizeThatWasSet() throws Exception {
        Child child = start("tty; stty size </dev/tty");

        assertEquals(terminal.slave() + "\r\n50 132\r\n", text());
        assertEquals(new ExitStatus.Exited(0), Eventually.get(child.exit()));
    }

    @Test
    void controlCReachesTheForeground() throws Exception {
        Child child = start("trap 'echo caught; exit 3' INT; echo ready; while :; do read x; done");
        awaitText("ready");

        terminal.input().write(3);

        awaitText("caught");
        assertEquals(new ExitStatus.Exited(3), Eventually.get(child.exit()));
    }

    @Test
    void aNewSizeIsToldToTheForeground() throws Exception {
        start("trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.1; done");
        awaitText("ready");

        terminal.resize(70_000, 24, -1, 5);

        awaitText("24 65535");
    }

    @Test
    void modesAreThoseOfTheClient() throws Exception {
        terminal.applyModes(Map.of(53, 0, 1, 7, 42, 1, 129, 9600, 4711, 1));
        start("stty -a");

        String modes = text();

        for (String expected : List.of(" -echo ", "intr = ^G;", " iutf8", "speed 9600 baud")) {
            assertTrue(modes.contains(expected), expected + " in " + modes);
        }
    }

    @Test
    void closingHangsUp() throws Exception {
        Child child = start("echo ready; exec sleep 600");
        awaitText("ready");

        terminal.close();

        assertEquals(new ExitStatus.Signaled(1, false), Eventually.get(child.exit()));
    }

    @Test
    void closingHangsUpThoughAReaderWaits() throws Exception {
        Child child = start("echo ready; exec sleep 600");
        awaitText("ready");
        CompletableFuture<String> reader = CompletableFuture.supplyAsync(() -> {
            try {
                terminal.output().readAllBytes();
                return "an end";
            } catch (IOException e) {
                return e.getMessage();
            }
        });

        terminal.close();

        assertEquals("stream closed", Eventually.get(reader));
        assertEquals(new ExitStatus.Signaled(1, false), Eventually.get(child.exit()));
        assertThrows(IOException.class, () -> terminal.input().write(1));
        terminal.resize(1, 1, 1, 1);
        terminal.applyModes(Map.of(53, 1));
    }

    @Test
    void jobControlWorks() throws Exception {
        Child child = start("set -m; sleep 600 & jobs; kill %1; wait; echo rc=$?; exit 6");

        String text = text();

        assertTrue(text.contains("Running"), text);
        assertFalse(text.contains("can't access tty"), text);
        assertEquals(new ExitStatus.Exited(6), Eventually.get(child.exit()));
    }

    @Test
    void neitherOpeningNorClosingCostsADescriptor() throws Exception {
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            new Terminals(Kernel.LIBC).open().close();
        }
        for (String function : List.of("grantpt", "unlockpt", "ptsname", "fcntl", "eventfd")) {
            Libc libc = FaultyLibc.with(Kernel.LIBC, function, arguments -> Errno.EMFILE.asResult());
            assertThrows(IOException.class, () -> new Terminals(libc).open());
        }
        assertEquals(before, descriptors());
    }

    @Test
    void aSessionLeaderLikePid1GetsNoTerminalOfItsOwn() throws Exception {
        assertEquals("tty 0\nexit 0", ForkedJvm.run(List.of(), TerminalScenario.class));
    }

    private static long descriptors() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        }
    }

    private Child start(String script) throws StartFailedException {
        return Kernel.PROCESSES.start(TerminalScenario.command(terminal, script));
    }

    private String text() throws Exception {
        return new String(
                Eventually.get(CompletableFuture.supplyAsync(() -> {
                    try {
                        return terminal.output().readAllBytes();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })),
                StandardCharsets.UTF_8);
    }

    private void awaitText(String wanted) throws Exception {
        StringBuilder seen = new StringBuilder();
        Eventually.holds(wanted, () -> {
            if (terminal.output().available() > 0) {
                seen.append((char) terminal.output().read());
            }
            return seen.toString().endsWith(wanted);
        });
    }
}
