package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.Eventually;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code pgxl} as it is installed, with its own agent, and with somebody else on the agent's port. */
class PgxlScriptTest {
    private static final Path PGXL = Path.of("src/main/dist/bin/pgxl").toAbsolutePath();
    private static final Path COMPLETION =
            Path.of("src/main/dist/share/bash-completion/completions/pgxl").toAbsolutePath();

    @TempDir
    Path temporary;

    private Room room;

    private record Said(int code, String out, String error) {
    }

    @BeforeEach
    void aRoom() throws IOException {
        room = new Room(temporary.toRealPath().resolve("volume"));
        room.gtm("gtm", 1);
        room.nodes = List.of(room.node("gtm", Role.GTM, NodeState.STOPPED, 0));
    }

    private Said pgxl(int port, Path state, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(PGXL.toString()));
        command.addAll(Arrays.asList(words));
        return run(port, state, command);
    }

    private Said run(int port, Path state, List<String> command) throws Exception {
        Path out = Files.createTempFile(temporary, "out", "");
        Path error = Files.createTempFile(temporary, "error", "");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(error.toFile());
        builder.environment().put("PGXL_STATUS_PORT", Integer.toString(port));
        builder.environment().put("PGXL_STATE_DIR", state.toString());
        builder.environment().put("PGXL_USER", System.getProperty("user.name"));
        Process process = builder.start();
        process.getOutputStream().close();
        assertTrue(process.waitFor(100, TimeUnit.SECONDS), () -> "it does not end: " + command);
        return new Said(process.exitValue(), Files.readString(out, StandardCharsets.ISO_8859_1),
                Files.readString(error, StandardCharsets.ISO_8859_1));
    }

    private Said own(String... words) throws Exception {
        return pgxl(room.port(), room.home.resolve(".pgxl"), words);
    }

    @Test
    void itsOwnAgentIsRecognisedAndObeys() throws Exception {
        assertEquals(new Said(0, "gtm: is as ordered\n", ""), own("stop", "gtm", "--mode", "immediate"));
        assertEquals(List.of("Stop[mode=IMMEDIATE] " + room.home.resolve("gtm")), room.orders);
        assertEquals(new Said(0, "live\n", ""), own("health", "live"));
        Said status = own("status");
        assertTrue(status.code() == 0 && status.out().contains("gtm  gtm master STOPPED"), status.toString());
        room.result = new NodeCommand.Result.Refused("did not start");
        assertEquals(new Said(1, "", "pgxl: gtm: did not start\n"), own("start", "gtm"));
        assertEquals(64, own("stauts").code());
        assertEquals(0, own().code());
    }

    /** HMAC is made by hand there: every byte of a token, and words of every kind, come to the same as in Java. */
    @Test
    void itsProofsAreRightForAnyTokenAndAnyWords() throws Exception {
        var random = new Random(1);
        for (int i = 0; i < 12; i++) {
            byte[] token = new byte[32];
            random.nextBytes(token);
            token[i] = (byte) new int[] {0, 0x25, 0x36, 0x5c, 0x0a, 0x5c ^ 0x25, 0x36 ^ 0x25, 0xff, 0x80, '\\', 1, 2}[i];
            Path home = room.home.resolveSibling("volume" + i);
            Path file = Files.createDirectories(home.resolve(".pgxl")).resolve("control-token");
            Files.writeString(file, java.util.HexFormat.of().formatHex(token) + "\n");
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
            Room other = new Room(home);
            Said said = pgxl(other.port(), home.resolve(".pgxl"), "stop", "%s\\x00\n$(id) ä \u202e'\"");
            assertEquals(66, said.code(), "the words came whole, and there is no such node: " + said);
        }
    }

    @Test
    void whoCannotReadTheTokenMayLookAndNotSteer() throws Exception {
        Path none = Files.createDirectories(temporary.resolve("none"));
        assertEquals(0, pgxl(room.port(), none, "status").code());
        assertEquals(0, pgxl(room.port(), none, "health", "live").code());
        assertEquals(77, pgxl(room.port(), none, "stop", "gtm").code());
        assertEquals(77, pgxl(room.port(), none, "explain").code());
        Files.writeString(none.resolve("control-token"), "a[$(touch " + temporary + "/obeyed)]\n");
        assertEquals(77, pgxl(room.port(), none, "stop", "gtm").code());
        assertFalse(Files.exists(temporary.resolve("obeyed")));
        assertEquals(List.of(), room.orders);
    }

    /** A program of its own does it, whose words and exit code are passed on. */
    @Test
    void theClusterIsAskedByAProgramOfItsOwnAndOnlyItsStatusIsShownAgain() throws Exception {
        Path program = Files.writeString(temporary.resolve("java"), "#!/bin/bash\necho \"${@: -3}\"\nexit 2\n");
        Files.setPosixFilePermissions(program, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        String main = "com.tiredpixel.pgxl.agent.cluster.ClusterMain";
        List<String> start = List.of("env", "PGXL_JAVA=" + program, "timeout", "5", PGXL.toString(), "cluster");
        for (String words : List.of("verify --json", "verify --watch", "status --json")) {
            var command = new ArrayList<>(start);
            command.addAll(List.of(words.split(" ")));
            assertEquals(new Said(2, main + " " + words + "\n", ""), run(1, temporary, command));
        }
        var watch = new ArrayList<>(start);
        watch.addAll(List.of("status", "--watch"));
        assertTrue(run(1, temporary, watch).out().lines().filter(line -> line.endsWith(main + " status")).count() >= 2);
    }

    @Test
    void withoutAnAgentItSaysSo() throws Exception {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Said said = pgxl(free, room.home.resolve(".pgxl"), "status");
        assertEquals(new Said(69, "", "pgxl: no agent answers on 127.0.0.1 port " + free + " (PGXL_STATUS_PORT)\n"), said);
        assertEquals(64, run(free, room.home, List.of("env", "PGXL_STATUS_PORT=1/../x", PGXL.toString(), "status")).code());
    }

    /** Somebody else on the agent's port: answers each connection with the same bytes, and keeps what it heard. */
    private static final class Squatter implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
        private final List<Thread> threads = new ArrayList<>();

        interface Manner {
            void treat(Socket client, ByteArrayOutputStream heard) throws IOException;
        }

        Squatter(Manner manner) throws IOException {
            Thread thread = new Thread(() -> {
                try {
                    while (true) {
                        Socket client = socket.accept();
                        Thread one = new Thread(() -> {
                            try (client) {
                                manner.treat(client, heard);
                            } catch (IOException gone) {
                                return;
                            }
                        });
                        one.setDaemon(true);
                        one.start();
                        threads.add(one);
                    }
                } catch (IOException closed) {
                    return;
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        /** Hears what there is to hear first, and says the same whatever it is. */
        static Manner saying(String answer) {
            return (client, heard) -> {
                byte[] buffer = new byte[4096];
                int count = client.getInputStream().read(buffer);
                note(heard, buffer, count);
                client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                client.shutdownOutput();
                while (count >= 0) {
                    count = client.getInputStream().read(buffer);
                    note(heard, buffer, count);
                }
            };
        }

        static void note(ByteArrayOutputStream heard, byte[] buffer, int count) {
            synchronized (heard) {
                heard.write(buffer, 0, Math.max(0, count));
            }
        }

        int port() {
            return socket.getLocalPort();
        }

        String heard() throws InterruptedException {
            for (Thread thread : threads) {
                thread.join(20_000);
            }
            synchronized (heard) {
                return heard.toString(StandardCharsets.ISO_8859_1);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static final String EVIL = "\u001b[31m\u009b31m\u202e\u0007$(touch obeyed)\n";

    private static String body(String head) {
        return "HTTP/1.1 200 OK\r\n" + head + "\r\n" + EVIL;
    }

    private static boolean controlsATerminal(String text) {
        return text.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\t' || c >= 0x7f);
    }

    @Test
    void whoeverElseHasThePortLearnsNeitherTheTokenNorTheOrderAndPrintsNothing() throws Exception {
        String token = Files.readString(room.home.resolve(".pgxl/control-token")).strip();
        String challenge = "HTTP/1.1 401 Unauthorized\r\nPgxl-Nonce: " + "0".repeat(32) + "\r\nPgxl-Proof: ";
        for (String answer : List.of(
                body("Pgxl-Exit: 0\r\n"), body("Pgxl-Exit: a[$(touch obeyed)]\r\n"), "", "\0\0\0", "x".repeat(100_000),
                "HTTP/1.1 200 OK\r\n" + "Pgxl-Exit: 0\r\n".repeat(100_000),
                challenge + "0".repeat(64) + "\r\n\r\n", challenge + "\r\n\r\n", challenge + "none\r\n\r\n" + body("Pgxl-Exit: 0\r\n"),
                "HTTP/1.1 401 Unauthorized\r\nPgxl-Nonce: %s$(id)\r\nPgxl-Proof: \r\n\r\n")) {
            try (var squatter = new Squatter(Squatter.saying(answer))) {
                for (String[] words : new String[][] {
                    {"stop", "d1-secret"}, {"status"}, {"health", "live"}, {"explain"}, {"__complete", "nodes"}}) {
                    Said said = pgxl(squatter.port(), room.home.resolve(".pgxl"), words);
                    assertEquals(69, said.code(), said.toString());
                    assertEquals("", said.out());
                    assertTrue(said.error().contains("is not the agent of this container"), said.error());
                    assertFalse(controlsATerminal(said.error()), said.error());
                }
                String heard = squatter.heard();
                assertTrue(heard.startsWith("POST /pgxl HTTP/1.1\r\n"), heard);
                assertFalse(heard.contains(token), heard);
                assertFalse(heard.contains("d1-secret"), heard);
            }
        }
        assertFalse(Files.exists(Path.of("obeyed")));
    }

    /** As long as somebody else has the port the health check fails, and names no node of his. */
    @Test
    void anAgentWhosePortIsTakenSaysSoAndHasItAsSoonAsItIsFree() throws Exception {
        var squatter = new Squatter(Squatter.saying(body("Pgxl-Exit: 0\r\n")));
        int port = squatter.port();
        Room late = new Room(room.home, InetAddress::isLoopbackAddress, port);
        assertTrue(late.log.stream().anyMatch(line -> line.startsWith("ERROR agent: no status")
                && line.contains("127.0.0.1 port " + port) && line.contains("another process")), late.log.toString());
        assertEquals(69, pgxl(port, late.home.resolve(".pgxl"), "health", "live").code());
        squatter.close();
        Eventually.holds("the port is had: " + late.log,
                () -> late.log.stream().anyMatch(line -> line.endsWith("on 127.0.0.1 port " + port + " now")));
        assertEquals(new Said(0, "live\n", ""), pgxl(port, late.home.resolve(".pgxl"), "health", "live"));
    }

    /** It has the agent prove itself to him, and answers pgxl with that: the proof is for another port. */
    @Test
    void whoeverPassesOnWhatTheAgentProvesIsFoundOut() throws Exception {
        Squatter.Manner relay = (client, heard) -> {
            try (Socket agent = new Socket(InetAddress.getLoopbackAddress(), room.port())) {
                CompletableFuture<Void> there = CompletableFuture.runAsync(() -> copy(client, agent, heard));
                copy(agent, client, heard);
                there.cancel(true);
            }
        };
        try (var squatter = new Squatter(relay)) {
            Said said = pgxl(squatter.port(), room.home.resolve(".pgxl"), "stop", "gtm");
            assertEquals(69, said.code(), said.toString());
            assertTrue(squatter.heard().contains("Pgxl-Proof: "), "negative control: it passed on a proof");
        }
        assertEquals(List.of(), room.orders);
    }

    private static void copy(Socket from, Socket to, ByteArrayOutputStream heard) {
        byte[] buffer = new byte[4096];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                Squatter.note(heard, buffer, count);
                out.write(buffer, 0, count);
            }
            to.shutdownOutput();
        } catch (IOException gone) {
            return;
        }
    }

    /** Without a token nothing can be proved, and what is said may still not control a terminal. */
    @Test
    void whatAStrangerSaysToWhoeverHasNoTokenIsPrintedWithoutWhatControlsATerminal() throws Exception {
        Path none = Files.createDirectories(temporary.resolve("none"));
        try (var squatter = new Squatter(Squatter.saying(body("Pgxl-Exit: 0\r\n")))) {
            Said said = pgxl(squatter.port(), none, "status");
            assertEquals(0, said.code());
            assertTrue(said.out().startsWith("?[31m"), "negative control: it is printed: " + said.out());
            assertFalse(controlsATerminal(said.out()), said.out());
        }
        try (var squatter = new Squatter(Squatter.saying(body("Pgxl-Exit: 1\r\n")))) {
            Said said = pgxl(squatter.port(), none, "status");
            assertEquals(1, said.code());
            assertFalse(controlsATerminal(said.error()), said.error());
        }
        try (var squatter = new Squatter(Squatter.saying(body("Pgxl-Exit: a[$(touch obeyed)]\r\n")))) {
            assertEquals(70, pgxl(squatter.port(), none, "status").code());
        }
        assertFalse(Files.exists(Path.of("obeyed")));
    }

    @Test
    void theTokenStandsOnNoCommandLine() throws Exception {
        String token = Files.readString(room.home.resolve(".pgxl/control-token")).strip();
        Path seen = temporary.resolve("seen");
        // Every program that the script starts is found by PATH, and here writes down how it was called.
        Path shims = Files.createDirectory(temporary.resolve("shims"));
        for (String name : List.of("bash", "head", "cat", "tr", "sha256sum", "setsid", "setpriv", "id", "timeout", "stty", "cut")) {
            Path shim = Files.writeString(shims.resolve(name), "#!/bin/bash\nprintf '%q ' \"$0\" \"$@\" >>" + seen
                    + "\nPATH=${PATH#*:}; exec " + name + " \"$@\"\n");
            Files.setPosixFilePermissions(shim, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Said said = run(room.port(), room.home.resolve(".pgxl"),
                List.of("env", "PATH=" + shims + ":" + System.getenv("PATH"), "/bin/bash", PGXL.toString(), "stop", "gtm"));
        assertEquals(0, said.code(), said.toString());
        String commands = Files.readString(seen);
        assertTrue(commands.contains("sha256sum"), "negative control: they are seen: " + commands);
        assertFalse(commands.contains(token.substring(0, 16)), commands);
    }

    @Test
    void completionCarriesOutNothingOfWhatItIsAnswered() throws Exception {
        Path fake = Files.createDirectory(temporary.resolve("bin")).resolve("pgxl");
        Files.writeString(fake, "#!/bin/bash\nprintf '%s\\n' coord1 '$(touch " + temporary + "/tabbed)' '`touch "
                + temporary + "/tabbed`' '${x:=$(touch " + temporary + "/tabbed)}' $'co\\e[31m' '*' 'a b' co-2\n");
        Files.setPosixFilePermissions(fake, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        String ask = "PATH=" + fake.getParent() + ":$PATH; . " + COMPLETION + "; COMP_WORDS=(pgxl stop \"$1\"); COMP_CWORD=2;"
                + " _pgxl; printf '<%s>' \"${COMPREPLY[@]}\"";
        assertEquals("<coord1><a><b><co-2><--mode>", run(1, temporary, List.of("bash", "-c", ask, "bash", "")).out());
        assertEquals("<coord1><co-2>", run(1, temporary, List.of("bash", "-c", ask, "bash", "co")).out());
        assertFalse(Files.exists(temporary.resolve("tabbed")));
    }
}
