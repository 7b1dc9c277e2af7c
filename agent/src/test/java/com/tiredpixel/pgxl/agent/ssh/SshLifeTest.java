package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.config.Settings;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** From bind to close, tried with the real client. */
class SshLifeTest extends StagedTest {
    private Run.Result login(AgentProcess agent, String... options) {
        return Peer.of(stage, agent).with(options).run("echo in");
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
        assertEquals("in\n", new String(output.get(60, TimeUnit.SECONDS)));
    }

    @Test
    void aConnectionThatDoesNotLogInIsEndedAndASilentSessionIsNot() throws Exception {
        var agent = AgentProcess.bound(stage, Duration.ofSeconds(15), 10);
        agent.command("open");
        Process silent = Run.start(
                stage.clientEnvironment(), stage.client, Peer.of(stage, agent).ssh("sleep 20; echo still here"));
        var output = Run.read(silent.getInputStream());
        try (var idle = new Socket(InetAddress.getLoopbackAddress(), agent.port())) {
            idle.setSoTimeout(60_000);
            while (idle.getInputStream().read() >= 0) {
                // The banner, and then the end.
            }
        }
        agent.await("why", line -> line.contains("dropped the connection from 127.0.0.1") && line.contains("no login within 15 s"));
        assertEquals("still here\n", new String(output.get(30, TimeUnit.SECONDS)));
    }

    @Test
    void theAuditShowsNoSecretOfACommandLineByDefault() throws Exception {
        var byDefault = (Settings.Reading.Valid) Settings.read(Map.of());
        assertEquals(CommandDetail.COMMAND, CommandDetail.named(byDefault.settings().ssh().audit()));
        var agent = AgentProcess.discreet(stage);
        Peer.of(stage, agent).run("PGPASSWORD=hunter2 true hunter2");
        agent.await("an audit", said -> said.contains(" ran \"true …\", 31 characters: exit 0 after"));
        stage.authorize("command=\"echo hunter2\" " + stage.publicKey("ed25519"));
        Peer.of(stage, agent).run("echo hunter2");
        agent.await("another", said -> said.contains(" ran \"echo …\", 12 characters, forced: exit 0 after"));
        assertTrue(agent.log().stream().noneMatch(line -> line.contains("hunter2")), () -> agent.log().toString());
    }

    @Test
    void aCommandLineForgesNoEnd() throws Exception {
        var agent = AgentProcess.open(stage);
        Peer.of(stage, agent).run("true\": exit 0 after 0.001 s, 0 bytes in, 0 bytes out");
        String line = agent.await("an audit", said -> said.contains(" ran \"true"));
        assertTrue(line.contains(" ran \"true\\\": exit 0 after 0.001 s, 0 bytes in, 0 bytes out\": exit 2 after "), line);
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

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        var log = new ArrayList<String>();
        try (var taken = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var settings = TestSettings.of("nobody", stage.home, stage.root, taken.getLocalPort());
            try (var server = new SshServer(
                    settings,
                    new com.tiredpixel.pgxl.agent.os.crypto.LibCrypto.Loading.Refused("not here"),
                    command -> {
                        throw new com.tiredpixel.pgxl.agent.os.StartFailedException("not here");
                    },
                    () -> {
                        throw new java.io.IOException("not here");
                    },
                    Map.of(),
                    (level, subject, message) -> log.add(message),
                    com.tiredpixel.pgxl.agent.base.MonotonicClock.system())) {
                var problem = org.junit.jupiter.api.Assertions.assertThrows(java.io.IOException.class, server::bind);
                assertEquals(
                        "cannot listen for SSH on 127.0.0.1 port " + taken.getLocalPort() + ": Address already in use (EADDRINUSE)",
                        problem.getMessage());
            }
        }
    }
}
