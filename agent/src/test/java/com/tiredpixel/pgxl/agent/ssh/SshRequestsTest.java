package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that OpenSSH's client cannot be made to send, sent by MINA's. */
class SshRequestsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private Stage stage;
    private AgentProcess agent;
    private SshClient client;
    private ClientSession session;

    @BeforeEach
    void connect() throws Exception {
        stage = Stage.set();
        agent = AgentProcess.open(stage);
        Ed25519.install();
        client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier((s, address, key) -> true);
        client.start();
        session = client.connect(stage.user, "127.0.0.1", agent.port()).verify(DEADLINE).getSession();
        session.addPublicKeyIdentity(new HostKeyFile(copyOf("ed25519")).read());
        session.auth().verify(DEADLINE);
    }

    @AfterEach
    void disconnect() {
        if (client != null) {
            client.stop();
        }
        if (stage != null) {
            stage.close();
        }
    }

    private Path copyOf(String key) throws IOException {
        return Files.copy(stage.client.resolve(key), stage.root.resolve("key"));
    }

    private static void send(ChannelExec channel, String name, Object... values) throws IOException {
        Buffer buffer = channel.getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 256);
        buffer.putUInt(channel.getRecipient());
        buffer.putString(name);
        buffer.putBoolean(false);
        for (Object value : values) {
            if (value instanceof String text) {
                buffer.putString(text);
            } else {
                buffer.putUInt((Long) value);
            }
        }
        channel.writePacket(buffer);
    }

    private ByteArrayOutputStream open(ChannelExec channel) throws IOException {
        var output = new ByteArrayOutputStream();
        channel.setOut(output);
        channel.setErr(output);
        channel.open().verify(DEADLINE);
        return output;
    }

    private static void awaitOutput(ByteArrayOutputStream output, String wanted) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!output.toString(StandardCharsets.UTF_8).contains(wanted)) {
            assertTrue(System.nanoTime() < deadline, () -> "no " + wanted + " in " + output);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static void awaitEnd(ChannelExec channel) {
        assertTrue(channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), DEADLINE).contains(ClientChannelEvent.CLOSED));
    }

    @Test
    void aSignalReachesTheWholeProcessGroup() throws Exception {
        var channel = session.createExecChannel("trap 'echo shell' TERM; (trap 'echo child; exit' TERM; echo up; while :; do sleep 0.1; done) & wait; wait; exit 5");
        var output = open(channel);
        awaitOutput(output, "up");
        send(channel, "signal", "NONSENSE");
        send(channel, "signal", "TERM");
        awaitEnd(channel);
        assertEquals(5, channel.getExitStatus());
        awaitOutput(output, "child");
        awaitOutput(output, "shell");
    }

    @Test
    void aSignalThatEndsTheCommandIsNamedToTheClient() throws Exception {
        var channel = session.createExecChannel("echo up; exec sleep 30");
        awaitOutput(open(channel), "up");
        send(channel, "signal", "USR1");
        awaitEnd(channel);
        assertEquals("USR1", channel.getExitSignal());
        assertEquals(null, channel.getExitStatus());
    }

    @Test
    void aSecondCommandOnAChannelIsRefusedAndTheFirstGoesOn() throws Exception {
        var channel = session.createExecChannel("echo up; sleep 1; echo done");
        var output = open(channel);
        awaitOutput(output, "up");
        send(channel, "exec", "echo second");
        send(channel, "pty-req", "xterm", 80L, 24L, 0L, 0L, "");
        send(channel, "window-change", 80L, 24L, 0L, 0L);
        awaitEnd(channel);
        assertEquals("up\ndone\n", output.toString(StandardCharsets.UTF_8));
        assertEquals(0, channel.getExitStatus());
    }

    @Test
    void requestsThatAreCutShortEndNoMoreThanTheirConnection() throws Exception {
        var channel = session.createExecChannel("sleep 30");
        open(channel);
        send(channel, "window-change", 80L);
        send(channel, "signal");
        assertTrue(session.waitFor(EnumSet.of(ClientSession.ClientSessionEvent.CLOSED), DEADLINE)
                .contains(ClientSession.ClientSessionEvent.CLOSED));
        assertEquals("in\n", Peer.of(stage, agent).run("echo in").out());
    }

    @Test
    void channelsBeyondTheTenthAreRefusedAndTheOthersGoOn() throws Exception {
        var first = session.createExecChannel("echo up; sleep 3; echo done");
        var output = open(first);
        awaitOutput(output, "up");
        for (int i = 2; i <= 10; i++) {
            open(session.createExecChannel("sleep 3"));
        }
        var eleventh = session.createExecChannel("echo eleventh").open();
        assertTrue(eleventh.await(DEADLINE));
        assertTrue(eleventh.getException() != null);
        awaitEnd(first);
        assertEquals("up\ndone\n", output.toString(StandardCharsets.UTF_8));
    }

    @Test
    void namesOfStrangersForgeNoLineOfTheLog() throws Exception {
        String forged = "x\nlog INFO ssh.audit postgres logged in\r\u001b[2J\u2028";
        try (ClientSession stranger = client.connect(forged, "127.0.0.1", agent.port()).verify(DEADLINE).getSession()) {
            stranger.addPublicKeyIdentity(new HostKeyFile(stage.root.resolve("key")).read());
            assertThrows(IOException.class, () -> stranger.auth().verify(DEADLINE));
        }
        String line = agent.await("who was refused", said -> said.contains("login refused for user \"x"));
        assertTrue(line.contains("x\\nlog INFO ssh.audit postgres logged in"), line);
        assertTrue(line.chars().noneMatch(c -> c == 0x1b || c == 0x2028), line);
        assertEquals(1, agent.log().stream().filter(said -> said.contains("postgres logged in with")).count(),
                "negative control: the login of the test itself is told");
        assertFalse(agent.log().contains("log INFO ssh.audit postgres logged in"));
    }

    /** What a C program reads would be another command than the one in the log. */
    @Test
    void aCommandWithANulInItIsNotRun() throws Exception {
        try (ChannelExec channel = session.createExecChannel("touch obeyed\0; true")) {
            ByteArrayOutputStream out = open(channel);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), DEADLINE);
            assertEquals(255, channel.getExitStatus(), out.toString());
        }
        assertFalse(Files.exists(stage.home.resolve("obeyed")));
    }
}
