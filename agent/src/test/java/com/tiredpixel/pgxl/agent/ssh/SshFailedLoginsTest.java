package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.ssh.peer.Identity;
import com.tiredpixel.pgxl.agent.ssh.peer.Message;
import com.tiredpixel.pgxl.agent.ssh.peer.SshPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Whatever fails at a login is counted, told as what it was, and ends the connection at the sixth time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshFailedLoginsTest {
    private Stage stage;
    private AgentProcess agent;
    private Identity key;
    private int mark;
    private long before;

    @BeforeAll
    void set() throws Exception {
        stage = Stage.set();
        key = Identity.read(stage.client.resolve("ed25519"));
    }

    @AfterAll
    void strike() {
        if (stage != null) {
            stage.close();
        }
    }

    /** Its lines about strangers are limited, so each test has an agent of its own. */
    @BeforeEach
    void open() throws Exception {
        agent = AgentProcess.open(stage);
        mark = agent.mark();
        before = agent.counter("authenticationFailures");
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private SshPeer greeted() throws Exception {
        SshPeer peer = SshPeer.connect(
                null, new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.port()));
        peer.greet(true);
        return peer;
    }

    /** @return how many such requests were answered before the connection was ended */
    private int answered(SshPeer peer, byte[] request) throws Exception {
        for (int i = 0; i < 40; i++) {
            try {
                peer.send(request);
                peer.await(Message.USERAUTH_FAILURE);
            } catch (IOException ended) {
                assertTrue(!(ended instanceof java.net.SocketTimeoutException), "it went silent");
                return i;
            }
        }
        return 40;
    }

    private void assertFailures(int count, String reason) throws Exception {
        agent.awaitAfter(mark, reason, line -> line.contains("ssh.audit") && line.contains(reason));
        assertEquals(count, agent.counter("authenticationFailures") - before);
    }

    private static byte[] by(String user, String method, byte[] rest) {
        return Message.of(Message.USERAUTH_REQUEST).string(user).string("ssh-connection").string(method)
                .raw(rest).bytes();
    }

    @Test
    void forgedSignaturesForAnAuthorisedKeyAreNoEndlessMatter() throws Exception {
        try (SshPeer peer = greeted()) {
            peer.askForService();
            assertEquals(5, answered(peer, SshPeer.forged(stage.user, key)));
        }
        assertFailures(6, "the signature is not by that key");
    }

    /** MINA counts anew after each request for the service. */
    @Test
    void aSecondRequestForTheServiceEndsTheConnection() throws Exception {
        try (SshPeer peer = greeted()) {
            peer.askForService();
            peer.send(SshPeer.forged(stage.user, key));
            peer.await(Message.USERAUTH_FAILURE);
            peer.send(SshPeer.service());
            assertThrows(IOException.class, () -> peer.await(Message.SERVICE_ACCEPT));
        }
        agent.awaitAfter(mark, "why", line -> line.contains("asks for a service a second time"));
        assertFailures(1, "the signature is not by that key");
    }

    @Test
    void theFirstQuestionForTheMethodsIsFreeAndTheOthersAreNot() throws Exception {
        try (SshPeer peer = greeted()) {
            peer.askForService();
            assertEquals(6, answered(peer, SshPeer.none(stage.user)));
        }
        assertFailures(6, "by method \"none\": only keys log in");
    }

    @Test
    void passwordsAreFailuresToo() throws Exception {
        try (SshPeer peer = greeted()) {
            peer.askForService();
            assertEquals(5, answered(peer, by(stage.user, "password", Message.empty().flag(false).string("x").bytes())));
        }
        assertFailures(6, "by method \"password\": only keys log in");
    }

    @Test
    void aKeyOfAnUnknownTypeIsOne() throws Exception {
        byte[] rest = Message.empty().flag(true).string("ssh-new").string(Message.empty().string("ssh-new").bytes())
                .string(new byte[10]).bytes();
        try (SshPeer peer = greeted()) {
            peer.askForService();
            assertEquals(5, answered(peer, by(stage.user, "publickey", rest)));
        }
        assertFailures(6, "keys of type \"ssh-new\" are not supported, or it is malformed");
    }

    /** Well-formed: the SSH library would take it for one of its own kinds. */
    @Test
    void aKeyOnATokenIsOne() throws Exception {
        String token = "sk-ssh-ed25519@openssh.com";
        refusedAs(token, Message.empty().string(token).string(new byte[32]).string("ssh:").bytes());
    }

    @Test
    void aCertificateIsOne() throws Exception {
        stage.ok("ssh-keygen", "-q", "-s", stage.client.resolve("rsa").toString(), "-I", "id", "-n", stage.user,
                stage.client.resolve("ed25519.pub").toString());
        Path certificate = stage.client.resolve("ed25519-cert.pub");
        String[] words = Files.readString(certificate).split(" ");
        Files.delete(certificate);
        refusedAs("ssh-ed25519-cert-v01@openssh.com", Base64.getDecoder().decode(words[1]));
    }

    private void refusedAs(String type, byte[] blob) throws Exception {
        int from = agent.mark();
        for (boolean signed : new boolean[] {false, true}) {
            Message rest = Message.empty().flag(signed).string(type).string(blob);
            byte[] request = signed ? rest.string(new byte[80]).bytes() : rest.bytes();
            try (SshPeer peer = greeted()) {
                peer.askForService();
                assertEquals(5, answered(peer, by(stage.user, "publickey", request)), type);
            }
        }
        agent.awaitAfter(from, type, line -> line.contains("ssh.audit")
                && line.contains("keys of type \"" + type + "\" are not supported"));
    }

    @Test
    void aRequestWithoutAnEndIsOne() throws Exception {
        try (SshPeer peer = greeted()) {
            peer.askForService();
            assertEquals(5, answered(peer, by(stage.user, "publickey", new byte[] {1, 0, 0})));
        }
        assertFailures(6, "for a malformed request");
    }

    @Test
    void aRequestThatEndsTheConnectionByItselfIsOne() throws Exception {
        try (SshPeer peer = greeted()) {
            peer.askForService();
            assertEquals(0, answered(peer, new byte[] {Message.USERAUTH_REQUEST, 0, 0, 0, 9}));
        }
        assertFailures(1, "for a malformed request");
    }

    @Test
    void anotherNameInTheMiddleIsOne() throws Exception {
        try (SshPeer peer = greeted()) {
            peer.askForService();
            peer.send(SshPeer.none(stage.user));
            peer.await(Message.USERAUTH_FAILURE);
            assertEquals(0, answered(peer, SshPeer.none("root")));
        }
        assertFailures(1, "another user or service in the middle");
    }

    @Test
    void askingWhetherAnAuthorisedKeyWouldDoIsNoFailureAndHasAnEnd() throws Exception {
        int asked = 0;
        try (SshPeer peer = greeted()) {
            peer.askForService();
            while (asked < 40) {
                peer.send(SshPeer.query(stage.user, key));
                peer.await(Message.USERAUTH_PK_OK);
                asked++;
            }
        } catch (IOException ended) {
            assertTrue(asked >= 10, asked + " questions");
        }
        assertTrue(asked < 40, "no end");
        assertFailures(1, "too many questions which key would do");
    }

    @Test
    void aLoginOfOpenSshIsNoFailure() throws Exception {
        assertEquals("in\n", Peer.of(stage, agent).run("echo in").out());
        assertEquals(0, agent.counter("authenticationFailures") - before);
    }

    @Test
    void whoeverOffersNothingAtAllIsToldOfAsThat() throws Exception {
        try (SshPeer peer = greeted()) {
            peer.askForService();
            peer.send(SshPeer.none(stage.user));
            peer.await(Message.USERAUTH_FAILURE);
        }
        assertFailures(0, "no login: no key was offered");
    }
}
