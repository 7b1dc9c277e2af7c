package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers and crowds can do to the server, tried with real connections. */
class SshLimitsTest extends StagedTest {
    private Run.Result login(AgentProcess agent, String... options) {
        return Peer.of(stage, agent).with(options).run("echo in");
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

    /** As those of an office, or of a botnet; each with more than its share, and half of a first packet. */
    @Test
    void connectionsOfVeryManyAddressesDoNotShutOutOneThatHasLoggedInBefore() throws Exception {
        var agent = AgentProcess.open(stage);
        String[] operator = {"-o", "BindAddress=127.0.0.2", "-o", "ConnectTimeout=10"};
        assertEquals("in\n", login(agent, operator).out());
        var flood = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 640; i++) {
                var socket = new Socket();
                flood.add(socket);
                socket.bind(new InetSocketAddress("127.0.3." + (1 + i % 64), 0));
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.port()));
                socket.getOutputStream().write("SSH-2.0-x\r\n\0\0\1\0".getBytes());
            }
            for (int i = 0; i < 3; i++) {
                Run.Result result = login(agent, operator);
                assertEquals("in\n", result.out(), result::toString);
            }
            Run.Result other = login(agent, "-o", "BindAddress=127.0.0.3", "-o", "ConnectTimeout=3");
            assertEquals(255, other.code(), () -> "negative control: one that has not, " + other);
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
    }

    @Test
    void connectionsOfVeryManyAddressesLeaveFewLines() throws Exception {
        var agent = AgentProcess.open(stage);
        for (int i = 0; i < 3000; i++) {
            try (var socket = new Socket()) {
                socket.bind(new InetSocketAddress("127." + (1 + i % 200) + "." + (i / 200) + ".9", 0));
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.port()));
                socket.getOutputStream().write("SSH-2.0-x\r\n\0\0\0\14\12\310xxxxxxxxxx".getBytes(StandardCharsets.ISO_8859_1));
                if (i % 100 == 0) {
                    socket.getInputStream().readAllBytes();
                }
            } catch (IOException e) {
                // The server has hung up already.
            }
        }
        agent.await("a count", line -> line.contains("left out "));
        long minutes = 2;
        long lines = agent.log().stream().filter(line -> line.matches("log (INFO|WARN|ERROR) ssh.* from 127\\..*")).count();
        assertTrue(lines <= minutes * StrangerLines.OF_ALL, () -> lines + " lines");
        assertTrue(lines > 0, "negative control: there is something to tell");
        assertEquals("in\n", login(agent).out());
    }

    /** Negative control: the same flood takes every place of a server that gives them to whoever comes first. */
    @Test
    void theSameFloodShutsOthersOutOfAServerWithoutFairPlaces() throws Exception {
        var sshd = OpenSshProcess.start(stage);
        assertEquals("in\n", Peer.of(stage, sshd).run("echo in").out());
        var flood = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 1000; i++) {
                flood.add(new Socket(InetAddress.getLoopbackAddress(), sshd.port()));
            }
            Run.Result result = Peer.of(stage, sshd).with("-o", "BindAddress=127.0.0.2", "-o", "ConnectTimeout=10").run("echo in");
            assertEquals(255, result.code(), result::toString);
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
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

    @ParameterizedTest
    @ValueSource(strings = {
        "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-ctr", "aes256-ctr"
    })
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
                "Ciphers=aes128-cbc", "Ciphers=3des-cbc", "Ciphers=aes192-ctr",
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
}
