package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.ssh.peer.Identity;
import com.tiredpixel.pgxl.agent.ssh.peer.Message;
import com.tiredpixel.pgxl.agent.ssh.peer.SshPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that nobody reads never fill the heap, in which others' sessions live too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshUnreadAnswersTest {
    /** Several times of what filled a heap of 24 MB. */
    private static final int PACKETS = 2_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int AT_ONCE = 200;

    private Stage stage;
    private AgentProcess agent;
    private Identity key;

    @BeforeAll
    void set() throws Exception {
        stage = Stage.set();
        agent = AgentProcess.open(stage);
        key = Identity.read(stage.client.resolve("ed25519"));
    }

    @AfterAll
    void strike() {
        if (stage != null) {
            stage.close();
        }
    }

    /** What asks for an answer, by somebody who has logged in. */
    enum Asking {
        KEEPALIVE(channel -> SshPeer.global("keepalive@openssh.com", true)),
        UNKNOWN_REQUEST(channel -> SshPeer.global("unknown@example.com", true)),
        PORT_FORWARDING(channel -> Message.of(Message.GLOBAL_REQUEST).string("tcpip-forward").flag(true)
                .string("localhost").number(0).bytes()),
        UNKNOWN_MESSAGE(channel -> new byte[] {(byte) 200}),
        PING(channel -> Message.of(192).string("ping").bytes()),
        CHANNEL_OF_UNKNOWN_TYPE(channel -> SshPeer.open("unknown", 9, 1 << 20)),
        FORWARDED_CHANNEL(channel -> Message.empty().raw(SshPeer.open("direct-tcpip", 9, 1 << 20))
                .string("localhost").number(22).string("localhost").number(22).bytes()),
        ONE_CHANNEL_TOO_MANY(channel -> SshPeer.open("session", 9, 1 << 20)),
        CHANNEL_REQUEST(channel -> SshPeer.request(channel, "unknown", true, new byte[0])),
        VARIABLE(channel -> SshPeer.request(channel, "env", true,
                Message.empty().string("LC_ALL").string("C").bytes())),
        TERMINAL(channel -> SshPeer.request(channel, "pty-req", true, Message.empty().string("xterm")
                .number(80).number(24).number(0).number(0).string("").bytes())),
        REQUEST_TO_NO_CHANNEL(channel -> SshPeer.request(77, "keepalive@openssh.com", true, new byte[0])),
        INPUT_THAT_WIDENS_THE_WINDOW(channel -> SshPeer.data(channel, new byte[30_000]));

        private final java.util.function.IntFunction<byte[]> message;

        Asking(java.util.function.IntFunction<byte[]> message) {
            this.message = message;
        }
    }

    static Stream<Asking> asking() {
        return Stream.of(Asking.values()).filter(what -> what != Asking.INPUT_THAT_WIDENS_THE_WINDOW);
    }

    @ParameterizedTest
    @MethodSource("asking")
    @Timeout(240)
    void aClientThatNeverReadsTheAnswersItAsksForIsCutOff(Asking what) throws Exception {
        assertTrue(isCutOff(agent, what, false), what + " went on and on");
        assertOthersLogIn();
    }

    /** RFC 4253, section 7.1, forbids the client, and until it has kept to that the server may say nothing. */
    @ParameterizedTest
    @MethodSource("asking")
    @Timeout(240)
    void soIsOneThatBeginsAKeyExchangeAndAsksInTheMiddle(Asking what) throws Exception {
        assertTrue(isCutOff(agent, what, true), what + " went on and on");
        assertOthersLogIn();
    }

    /** The server asks for new keys every 256 KiB; the client does not hear it, and goes on. */
    @Test
    @Timeout(240)
    void soIsOneThatLeavesTheServersOwnKeyExchangeUnanswered() throws Exception {
        try (var rekeying = AgentProcess.rekeying(stage)) {
            assertTrue(isCutOff(rekeying, Asking.KEEPALIVE, false));
            assertOthersLogIn(rekeying);
        }
    }

    /** No key, no cryptography. */
    @Test
    @Timeout(240)
    void aStrangerWhoNeverReadsTheAnswersToHisPacketsIsCutOff() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (SshPeer stranger = connect(agent)) {
                stranger.identify();
                assertTrue(isCutOff(stranger, new byte[] {(byte) 200}));
            }
            assertOthersLogIn();
        }
    }

    /** Negative control: whoever keeps every answer has no heap left for others. */
    @Test
    @Timeout(240)
    void withoutTheBoundTheSameFloodFillsTheHeap() throws Exception {
        try (var unbounded = AgentProcess.unbounded(stage)) {
            assertFalse(isCutOff(unbounded, Asking.KEEPALIVE, false) && lackOfHeap(unbounded).isEmpty());
        }
    }

    /** Ten times what may wait, and each answer is read in the end. */
    @Test
    void aClientThatReadsGetsEveryAnswer() throws Exception {
        try (SshPeer peer = connect(agent)) {
            peer.greet(true);
            peer.login(stage.user, key);
            for (int round = 0; round < 100; round++) {
                for (int i = 0; i < 100; i++) {
                    peer.send(SshPeer.global("keepalive@openssh.com", true));
                }
                for (int i = 0; i < 100; i++) {
                    peer.await(Message.REQUEST_SUCCESS, Message.REQUEST_FAILURE);
                }
            }
        }
    }

    private SshPeer connect(AgentProcess server) throws IOException {
        return SshPeer.connect(null, new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    }

    private boolean isCutOff(AgentProcess server, Asking what, boolean amidKeyExchange) throws Exception {
        try (SshPeer peer = connect(server)) {
            peer.greet(true);
            peer.login(stage.user, key);
            int channel = 0;
            for (int i = 0; i < 10; i++) {
                channel = peer.openChannel(1 << 20);
            }
            if (amidKeyExchange) {
                peer.propose(false);
            }
            return isCutOff(peer, what.message.apply(channel));
        }
    }

    /** Never reads. */
    private static boolean isCutOff(SshPeer peer, byte[] message) throws GeneralSecurityException {
        peer.live(PATIENCE);
        try {
            for (int sent = 0; sent < PACKETS; sent += AT_ONCE) {
                var packets = new ByteArrayOutputStream();
                for (int i = 0; i < AT_ONCE; i++) {
                    packets.write(peer.packed(message));
                }
                peer.raw(packets.toByteArray());
            }
        } catch (IOException e) {
            return !peer.isExpired();
        }
        return false;
    }

    private void assertOthersLogIn() {
        assertOthersLogIn(agent);
    }

    private void assertOthersLogIn(AgentProcess server) {
        Run.Result result = Peer.of(stage, server).run("echo in");
        assertEquals("in\n", result.out(), result::toString);
        assertEquals(List.of(), lackOfHeap(server));
    }

    private static List<String> lackOfHeap(AgentProcess agent) {
        return agent.log().stream().filter(line -> line.contains("heap") || line.contains("OutOfMemory")).toList();
    }
}
