package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server promises beyond being like OpenSSH's, tried with the real client. */
class SshServerTest {
    private Stage stage;

    @BeforeEach
    void set() throws Exception {
        stage = Stage.set();
    }

    @AfterEach
    void strike() {
        stage.close();
    }

    private Run.Result login(AgentProcess agent, String... options) {
        return Peer.of(stage, agent).with(options).run("echo in");
    }

    @Test
    void keysThatAreAddedLaterWorkAtTheNextAttempt() throws Exception {
        stage.authorize("");
        var agent = AgentProcess.open(stage);
        assertEquals(255, login(agent).code());
        Files.delete(stage.home.resolve(".ssh/authorized_keys"));
        assertEquals(255, login(agent).code());
        agent.await("why", line -> line.contains("authorized_keys does not exist"));
        stage.authorize(stage.publicKey("ed25519"));
        assertEquals("in\n", login(agent).out());
        stage.authorize(stage.publicKey("rsa"));
        assertEquals(255, login(agent).code());
    }

    @ParameterizedTest
    @CsvSource({
        "., g+w", "., o+w", ".ssh, g+w", ".ssh, o+w", ".ssh/authorized_keys, g+w", ".ssh/authorized_keys, o+w"
    })
    void keysThatOthersCouldHaveWrittenAreRefusedAndTheLogSaysWhere(String path, String mode) throws Exception {
        var agent = AgentProcess.open(stage);
        assertEquals(0, login(agent).code());
        stage.ok("chmod", mode, stage.home.resolve(path).toString());
        assertEquals(255, login(agent).code());
        agent.await("why", line -> line.contains("may be written by others than its owner"));
    }

    @Test
    void keysThatSomebodyElseOwnsAreRefused() throws Exception {
        var agent = AgentProcess.open(stage);
        stage.ok("chown", "nobody", stage.home.resolve(".ssh").toString());
        assertEquals(255, login(agent).code());
        agent.await("why", line -> line.contains(".ssh is owned by nobody, not by " + stage.user + " or root"));
    }

    @Test
    void keysThatRootOwnsAreTaken() throws Exception {
        var agent = AgentProcess.open(stage);
        stage.ok("chown", "-R", "root:root", stage.home.resolve(".ssh").toString());
        stage.ok("chmod", "-R", "a+rX", stage.home.resolve(".ssh").toString());
        assertEquals(0, login(agent).code());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "from=\"127.0.0.1\" | true",
        "from=\"127.0.0.0/8\" | true",
        "from=\"10.0.0.0/8,127.0.0.?\" | true",
        "from=\"10.0.0.0/8\" | false",
        "from=\"*,!127.0.0.1\" | false",
        "from=\"127.0.0.1/8\" | false",
        "expiry-time=\"20990101\" | true",
        "expiry-time=\"20200101\" | false",
        "restrict | true",
        "no-port-forwarding,no-X11-forwarding,no-agent-forwarding,no-user-rc | true",
        "environment=\"A=b\" | false",
        "permitopen=\"h:1\" | false",
        "cert-authority | false",
        "no-such-option | false",
        "from=\"127.0.0.1\",from=\"127.0.0.1\" | false"
    })
    void optionsOfAKeyAreObeyedOrTheKeyIsRefused(String options, boolean allowed) throws Exception {
        stage.authorize(options + " " + stage.publicKey("ed25519"));
        var agent = AgentProcess.open(stage);
        assertEquals(allowed ? 0 : 255, login(agent).code());
        if (!allowed) {
            agent.await("a refusal with the line", line -> line.contains("login refused for key") && line.contains(" line 1"));
        }
    }

    @Test
    void aForcedCommandRunsInPlaceOfAnything() throws Exception {
        stage.authorize("command=\"echo \\\"forced\\\" ${SSH_ORIGINAL_COMMAND-none}\" " + stage.publicKey("ed25519"));
        var agent = AgentProcess.open(stage);
        Peer peer = Peer.of(stage, agent);
        assertEquals("forced rm -rf x\n", peer.run("rm -rf x").out());
        assertEquals("forced none\n", peer.script("$SSH </dev/null").out());
        assertEquals("forced sftp\n", peer.script("$SSH -s sftp").out());
        agent.await("an audit", line -> line.contains("SSH_ORIGINAL_COMMAND-none}\", forced: exit 0"));
    }

    @ParameterizedTest
    @CsvSource({"no-pty, false", "restrict, false", "'restrict,pty', true"})
    void aKeyMayBeDeniedATerminal(String options, boolean allowed) throws Exception {
        stage.authorize(options + " " + stage.publicKey("ed25519"));
        var agent = AgentProcess.open(stage);
        var line = Peer.of(stage, agent).ssh("-tt", "test -t 0 && echo terminal");
        Run.Result result = Run.run(stage.clientEnvironment(), stage.client, new byte[0], line);
        assertEquals(allowed, result.out().contains("terminal"), result::toString);
    }

    @Test
    void theHostKeysOfAVolumeStayTheSameAndOnlyTheUserMayReadThem() throws Exception {
        var first = AgentProcess.open(stage);
        first.await("an RSA key", line -> line.contains("made host key") && line.contains("ssh_host_rsa_key"));
        var seen = new ArrayList<String>();
        for (String type : List.of("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512")) {
            seen.add(scan(first, type));
        }
        first.close();
        Path keys = stage.root.resolve("state/ssh");
        assertEquals("700 " + stage.user + "\n", stage.ok("stat", "-c", "%a %U", keys.toString()).out());
        for (String type : List.of("ed25519", "ecdsa", "rsa")) {
            Path key = keys.resolve("ssh_host_" + type + "_key");
            assertEquals("600 " + stage.user + "\n", stage.ok("stat", "-c", "%a %U", key.toString()).out());
            assertTrue(stage.ok("ssh-keygen", "-l", "-f", key.toString()).out().toLowerCase().contains(type));
            String shown = stage.ok("ssh-keygen", "-y", "-f", key.toString()).out().split(" ")[1];
            assertTrue(seen.stream().anyMatch(line -> line.contains(shown)), () -> type + " is not what was served");
        }
        try (var files = Files.list(keys)) {
            assertEquals(3, files.count());
        }
        var second = AgentProcess.open(stage);
        assertEquals(seen.get(0), scan(second, "ssh-ed25519"));
        assertEquals(seen.get(1), scan(second, "ecdsa-sha2-nistp256"));
        assertEquals(seen.get(2), scan(second, "rsa-sha2-512"));
    }

    /** @return type and key of what the client put into its known hosts */
    private String scan(AgentProcess agent, String algorithm) throws Exception {
        Path hosts = stage.client.resolve("known_hosts");
        Files.deleteIfExists(hosts);
        Run.Result result = login(agent, "-o", "HostKeyAlgorithms=" + algorithm, "-o", "UpdateHostKeys=no");
        assertEquals(0, result.code(), result::toString);
        return Files.readString(hosts).strip().replaceFirst("^\\S+ ", "");
    }

    @Test
    void noKeyMaterialIsLogged() throws Exception {
        var agent = AgentProcess.open(stage);
        agent.await("an RSA key", line -> line.contains("made host key") && line.contains("ssh_host_rsa_key"));
        login(agent);
        for (String type : List.of("ed25519", "ecdsa", "rsa")) {
            String key = Files.readString(stage.root.resolve("state/ssh/ssh_host_" + type + "_key"));
            for (String line : key.lines().filter(text -> !text.startsWith("-----")).toList()) {
                assertFalse(agent.log().stream().anyMatch(said -> said.contains(line)), type);
            }
        }
    }

    @Test
    void clientsThatComeBeforeTheServerOpensWaitAndAreServed() throws Exception {
        var agent = AgentProcess.bound(stage, Duration.ofSeconds(60), 10);
        Process early = Run.start(
                stage.clientEnvironment(), stage.client, Peer.of(stage, agent).ssh("echo in"));
        var output = Run.read(early.getInputStream());
        try (var idle = new Socket(InetAddress.getLoopbackAddress(), agent.port())) {
            idle.setSoTimeout(1000);
            org.junit.jupiter.api.Assertions.assertThrows(
                    java.net.SocketTimeoutException.class, () -> idle.getInputStream().read());
        }
        assertTrue(early.isAlive());
        agent.command("open");
        assertEquals("in\n", new String(output.get(30, TimeUnit.SECONDS)));
    }

    @Test
    void aConnectionThatDoesNotLogInIsEndedAndASilentSessionIsNot() throws Exception {
        var agent = AgentProcess.bound(stage, Duration.ofSeconds(2), 10);
        agent.command("open");
        Process silent = Run.start(
                stage.clientEnvironment(), stage.client, Peer.of(stage, agent).ssh("sleep 6; echo still here"));
        var output = Run.read(silent.getInputStream());
        try (var idle = new Socket(InetAddress.getLoopbackAddress(), agent.port())) {
            idle.setSoTimeout(20_000);
            while (idle.getInputStream().read() >= 0) {
                // The banner, and then the end.
            }
        }
        agent.await("why", line -> line.contains("dropped the connection from 127.0.0.1") && line.contains("no login within 2 s"));
        assertEquals("still here\n", new String(output.get(30, TimeUnit.SECONDS)));
    }

    @Test
    void aThousandHalfOpenConnectionsOfOneAddressDoNotShutOutAnother() throws Exception {
        var agent = AgentProcess.open(stage);
        var flood = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 1000; i++) {
                flood.add(new Socket(InetAddress.getLoopbackAddress(), agent.port()));
            }
            Run.Result result = login(agent, "-o", "BindAddress=127.0.0.2", "-o", "ConnectTimeout=10");
            assertEquals("in\n", result.out(), result::toString);
            assertTrue(agent.counter("connectionsRefused") > 500);
            long lines = agent.log().stream().filter(line -> line.contains("dropped the connection")).count();
            assertTrue(lines <= 20, () -> lines + " lines about one address");
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
        assertEquals("in\n", login(agent).out());
    }

    @Test
    void garbageInPlaceOfAClientHarmsNobody() throws Exception {
        var agent = AgentProcess.open(stage);
        var random = new java.util.Random(7);
        for (int i = 0; i < 60; i++) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), agent.port())) {
                byte[] garbage = new byte[random.nextInt(5000)];
                random.nextBytes(garbage);
                if (i % 3 > 0) {
                    socket.getOutputStream().write("SSH-2.0-x\r\n".getBytes());
                }
                if (i % 3 > 1) {
                    socket.getOutputStream().write(new byte[] {0, 0, (byte) (i % 2 * 4), 20, 4, 20});
                }
                socket.getOutputStream().write(garbage);
            } catch (java.io.IOException e) {
                // The server has hung up already.
            }
        }
        assertEquals("in\n", login(agent).out());
    }

    @Test
    void moreCommandsThanThereIsRoomForAreToldSo() throws Exception {
        var agent = AgentProcess.bound(stage, Duration.ofSeconds(60), 2);
        agent.command("open");
        Run.Result result = Peer.of(stage, agent).script("""
                control="-o ControlPath=$HOME/c.%C"
                $SSH $control -o ControlMaster=yes -N -f </dev/null >/dev/null 2>&1
                ssh $control ${SSH#ssh} 'sleep 30' & ssh $control ${SSH#ssh} 'sleep 30' & sleep 2
                ssh $control ${SSH#ssh} 'echo in'; echo $?
                ssh $control -O exit ${SSH#ssh} 2>/dev/null
                wait
                """);
        assertTrue(result.err().contains("too many sessions, 2 are running"), result::toString);
        assertTrue(result.out().contains("255"), result::toString);
        assertTrue(agent.counter("commandsRefused") >= 1);
    }

    @Test
    void everyCommandLeavesOneLineWithWhoWhereWhatHowLongAndHowItEnded() throws Exception {
        var agent = AgentProcess.open(stage);
        Peer peer = Peer.of(stage, agent);
        peer.run("hello".getBytes(), "cat; printf '\\a' ; exit 3");
        String fingerprint = stage.ok("ssh-keygen", "-l", "-f", stage.client.resolve("ed25519.pub").toString())
                .out().split(" ")[1];
        String line = agent.await("an audit", said -> said.contains(" ran \"cat; printf"));
        assertTrue(line.matches("log INFO ssh\\.audit " + stage.user + " with \\Q" + fingerprint
                + "\\E from 127\\.0\\.0\\.1 port \\d+, ran \"cat; printf '.*' ; exit 3\": exit 3 after \\d+\\.\\d{3} s, 5 bytes in, 6 bytes out"), line);
        peer.run("kill -TERM $$");
        agent.await("a signal", said -> said.contains("\"kill -TERM $$\": signal 15 (TERM) after"));
        peer.run("echo one\necho two " + "x".repeat(1000));
        agent.await("a cut line", said -> said.contains("ran \"echo one\\necho two xxx") && said.length() < 800);
        peer.script("$SSH 'sleep 5' & sleep 1.5; kill -9 $!");
        agent.await("a client that left", said -> said.contains("\"sleep 5\": client gone before its end"));
        assertEquals(4, agent.log().stream().filter(said -> said.contains(", ran ")).count());
        String counters = agent.counters();
        assertTrue(counters.contains("commands=4, commandsNow=0"), counters);
        assertTrue(counters.contains("signaled=1, abandoned=1"), counters);
    }

    @Test
    void aStopRefusesNewSessionsAndHangsUpRunningOnes() throws Exception {
        var agent = AgentProcess.open(stage);
        Peer peer = Peer.of(stage, agent);
        Process plain = Run.start(stage.clientEnvironment(), stage.client,
                peer.ssh("trap 'echo hung up; exit 9' HUP; echo up; while :; do sleep 0.1; done"));
        var plainOutput = Run.read(plain.getInputStream());
        Process terminal = Run.start(stage.clientEnvironment(), stage.client,
                peer.ssh("-tt", "trap 'exit 8' HUP; while :; do sleep 0.1; done"));
        Run.read(terminal.getInputStream());
        Run.read(terminal.getErrorStream());
        Run.read(plain.getErrorStream());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (agent.counter("commandsNow") < 2 || agent.counter("bytesOut") < 3) {
            assertTrue(System.nanoTime() < deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        agent.command("close to new sessions");
        assertEquals(255, login(agent, "-o", "ConnectTimeout=5").code());
        assertTrue(plain.isAlive() && terminal.isAlive());
        agent.command("hang up");
        assertEquals("up\nhung up\n", new String(plainOutput.get(30, TimeUnit.SECONDS)));
        assertTrue(plain.waitFor(30, TimeUnit.SECONDS));
        assertEquals(9, plain.exitValue());
        assertTrue(terminal.waitFor(30, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr"})
    void everyCipherCarriesManyBytesAcrossNewKeys(String cipher) throws Exception {
        var agent = AgentProcess.open(stage);
        Run.Result result = Peer.of(stage, agent)
                .with("-o", "Ciphers=" + cipher, "-o", "RekeyLimit=4M")
                .script("head -c 30M /dev/zero | $SSH 'cat' | cksum; head -c 30M /dev/zero | cksum");
        List<String> sums = result.out().lines().toList();
        assertEquals(sums.get(1), sums.get(0), result::toString);
    }

    @Test
    void nothingWeakIsOffered() throws Exception {
        var agent = AgentProcess.open(stage);
        for (String weak : List.of(
                "KexAlgorithms=diffie-hellman-group14-sha1", "KexAlgorithms=diffie-hellman-group14-sha256",
                "KexAlgorithms=ecdh-sha2-nistp256", "KexAlgorithms=diffie-hellman-group-exchange-sha256",
                "Ciphers=aes128-cbc", "Ciphers=3des-cbc", "Ciphers=chacha20-poly1305@openssh.com",
                "MACs=hmac-sha1", "MACs=hmac-sha1-etm@openssh.com", "MACs=hmac-sha2-256", "MACs=umac-64@openssh.com",
                "HostKeyAlgorithms=ssh-rsa")) {
            String[] options = weak.startsWith("MACs")
                    ? new String[] {"-o", weak, "-o", "Ciphers=aes128-ctr", "-o", "LogLevel=DEBUG1"}
                    : new String[] {"-o", weak, "-o", "LogLevel=DEBUG1"};
            Run.Result result = login(agent, options);
            assertEquals(255, result.code(), weak);
            assertTrue(result.err().contains("no matching"), () -> weak + ": " + result);
        }
        Run.Result strict = login(agent, "-o", "LogLevel=DEBUG3");
        assertTrue(strict.err().contains("will use strict KEX ordering"), strict::toString);
        assertTrue(strict.err().contains("kex: server->client cipher"), strict::toString);
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        var log = new ArrayList<String>();
        try (var taken = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var settings = new SshSettings(
                    "nobody", stage.home, stage.root, Path.of("/bin/bash"), List.of(InetAddress.getLoopbackAddress()),
                    taken.getLocalPort(), Duration.ofSeconds(1), 1, true);
            try (var server = new SshServer(
                    settings,
                    command -> {
                        throw new com.tiredpixel.pgxl.agent.os.StartFailedException("not here");
                    },
                    () -> {
                        throw new java.io.IOException("not here");
                    },
                    java.util.Map.of(),
                    (level, subject, message) -> log.add(message),
                    com.tiredpixel.pgxl.agent.os.MonotonicClock.system())) {
                var problem = org.junit.jupiter.api.Assertions.assertThrows(java.io.IOException.class, server::bind);
                assertEquals(
                        "cannot listen for SSH on 127.0.0.1 port " + taken.getLocalPort() + ": Address already in use (EADDRINUSE)",
                        problem.getMessage());
            }
        }
    }
}
