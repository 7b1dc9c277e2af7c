package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients send and nobody has asked for yet never fills the heap, in which others' sessions live too. */
class SshHeapTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int ROUNDS = Integer.getInteger("heap.rounds", 5);

    /** What is promised is ten seconds; other work on the machine must not fail this test. */
    private static final Duration LOGIN = Duration.ofSeconds(20);

    private Stage stage;
    private AgentProcess agent;

    @BeforeEach
    void start() throws Exception {
        stage = Stage.set();
        agent = AgentProcess.open(stage);
    }

    @AfterEach
    void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    /** From six addresses, which is enough to have every place to log in. */
    @Test
    void strangersWhoBeginLongPacketsBreakNoSessionOfOthers() throws Exception {
        for (int length : List.of(256 * 1024, BoundedSession.LONGEST_PACKET)) {
            var strangers = new ArrayList<SocketChannel>();
            try {
                for (int i = 0; i < 6 * Guests.LIMITS.activePerAddress(); i++) {
                    strangers.add(beginPacket("127.0.1." + (i % 6 + 1), length));
                }
                Run.Result result = Peer.of(stage, agent).script("""
                        for i in 1 2 3 4 5 6; do $SSH 'head -c 8000000 /dev/zero' | wc -c & done
                        for i in 1 2 3 4 5 6; do head -c 8000000 /dev/zero | $SSH 'sleep 1; wc -c' & done; wait
                        """);
                assertEquals(12, result.out().lines().filter("8000000"::equals).count(), result::toString);
            } finally {
                for (SocketChannel stranger : strangers) {
                    stranger.close();
                }
            }
        }
        assertNoLackOfHeap();
    }

    /** As much of it as the kernel takes, and never the end. */
    private SocketChannel beginPacket(String from, int length) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.bind(new InetSocketAddress(from, 0));
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.port()));
        channel.configureBlocking(false);
        channel.write(ByteBuffer.wrap("SSH-2.0-stranger\r\n".getBytes(StandardCharsets.US_ASCII)));
        channel.write(ByteBuffer.allocate(4 + length - 100).putInt(length).rewind());
        return channel;
    }

    @Test
    void aPacketLongerThanTheStandardDemandsEndsItsConnectionAtItsFirstBytes() throws Exception {
        assertFalse(isEndedBy(BoundedSession.LONGEST_PACKET, Duration.ofSeconds(2)));
        for (int length : List.of(BoundedSession.LONGEST_PACKET + 1, 256 * 1024, 256 * 1024 + 1, Integer.MAX_VALUE, -1)) {
            assertTrue(isEndedBy(length, DEADLINE), "length " + length);
        }
    }

    private boolean isEndedBy(int length, Duration patience) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), agent.port())) {
            socket.setSoTimeout((int) patience.toMillis());
            socket.getOutputStream().write("SSH-2.0-stranger\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(ByteBuffer.allocate(16).putInt(length).array());
            while (socket.getInputStream().read(new byte[4096]) >= 0) {
                // Its banner and its offer.
            }
            return true;
        } catch (SocketTimeoutException waits) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /**
     * Six lines of 100 KB at once are promised, by {@link HeapShare.Part#LONG}; a seventh may end its connection. Lines of 10 KB,
     * as {@code pgxc_ctl} sends them at most, are not touched.
     */
    @Test
    void longCommandLinesArriveWholeAsLongAsTheyAreNotTooManyAtOnce() throws Exception {
        Run.Result result = Peer.of(stage, agent).script("""
                line=$(head -c 100000 /dev/zero | tr '\\0' x)
                for i in 1 2 3 4 5 6; do $SSH "printf %s $line | wc -c" & done; wait
                """);
        assertEquals(6, result.out().lines().filter("100000"::equals).count(), result::toString);
        Run.Result usual = Peer.of(stage, agent).script("""
                line=$(head -c 10000 /dev/zero | tr '\\0' x)
                for i in $(seq 40); do $SSH "printf %s $line | wc -c" & done; wait
                """);
        assertEquals(40, usual.out().lines().filter("10000"::equals).count(), usual::toString);
    }

    /** A key whose command is forced is no permission to fill the heap. */
    @Test
    void dataBeforeACommandIsDroppedAsByOpenSsh() throws Exception {
        Ed25519.install();
        try (SshClient client = SshClient.setUpDefaultClient()) {
            client.setServerKeyVerifier((session, address, key) -> true);
            client.start();
            var channels = new ArrayList<Silent>();
            for (int i = 0; i < 40; i++) {
                ClientSession session = client.connect(stage.user, "127.0.0.1", agent.port()).verify(DEADLINE).getSession();
                session.addPublicKeyIdentity(new HostKeyFile(stage.client.resolve("ed25519")).read());
                session.auth().verify(DEADLINE);
                for (int j = 0; j < 10; j++) {
                    var channel = new Silent();
                    session.getService(ConnectionService.class).registerChannel(channel);
                    channel.open().verify(DEADLINE);
                    channel.say("dropped", 60_000);
                    channels.add(channel);
                }
            }
            Silent first = channels.get(0);
            first.begin();
            first.say("taken", 5);
            first.sayNoMore();
            first.waitFor(EnumSet.of(ClientChannelEvent.EOF), DEADLINE);
            assertEquals("taken", first.heard.toString(StandardCharsets.US_ASCII));
            assertTrue(channels.stream().skip(1).allMatch(Silent::isOpen), "nobody was thrown out");
        }
        assertNoLackOfHeap();
    }

    /** Asks for a command when it is told to, not when it is opened. */
    private static final class Silent extends ChannelExec {
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

        Silent() {
            super("cat", null, Map.of());
            setOut(heard);
        }

        @Override
        protected void doOpen() {
        }

        void begin() throws IOException {
            super.doOpen();
        }

        void say(String word, int length) throws IOException {
            byte[] bytes = word.repeat(length / word.length() + 1).substring(0, length).getBytes(StandardCharsets.US_ASCII);
            for (int at = 0; at < length; ) {
                int part = Math.min(1024, length - at);
                try {
                    getRemoteWindow().waitAndConsume(part, DEADLINE);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                Buffer buffer = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, part + 100);
                buffer.putUInt(getRecipient());
                buffer.putBytes(bytes, at, part);
                writePacket(buffer);
                at += part;
            }
        }

        void sayNoMore() throws IOException {
            sendEof();
        }
    }

    /** A static initializer that fails for lack of heap has failed for ever, and nobody could connect or log in any more. */
    @Test
    void whatAFirstLoginInitializesIsInitializedBeforeTheFirstConnectionIsAccepted() throws Exception {
        var closed = AgentProcess.closed(stage);
        closed.command("open and look");
        assertEquals("missing []", closed.await("classes", line -> line.startsWith("missing ")));
        assertEquals(0, closed.counter("connections"));
        assertEquals(0, closed.counter("connectionsNow"));
    }

    /** As whatever else lives in this JVM might fill it. */
    @Test
    void afterTheHeapHasBeenFullConnectionsAreAcceptedAndServedAgain() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            var crowd = new Thread(() -> {
                for (int j = 0; j < 400; j++) {
                    try (var socket = new Socket(InetAddress.getLoopbackAddress(), agent.port())) {
                        socket.getOutputStream().write("SSH-2.0-stranger\r\n".getBytes(StandardCharsets.US_ASCII));
                        socket.setSoTimeout(10);
                        socket.getInputStream().read(new byte[4096]);
                    } catch (IOException e) {
                        // Whatever it is, in this time.
                    }
                }
            });
            crowd.start();
            agent.command("fill the heap");
            crowd.join();
            int mark = agent.mark();
            long start = System.nanoTime();
            int tries = 0;
            Run.Result result;
            do {
                result = Peer.of(stage, agent).run("echo in");
                tries++;
            } while (!result.out().equals("in\n") && System.nanoTime() - start < LOGIN.toNanos());
            String told = result + " at try " + tries + ", log " + agent.log().subList(mark, agent.log().size());
            assertEquals("in\n", result.out(), told);
            System.out.println("MEASURED login after a full heap: " + (System.nanoTime() - start) / 1_000_000 + " ms, try " + tries);
        }
        assertEquals(Guests.LIMITS.activePerAddress(), placesToLogIn(LOGIN));
        assertFalse(agent.log().stream().noneMatch(line -> line.contains("heap")), "negative control: it was full");
    }

    /** @return how many connections of this address are greeted at once, of as many as should be; at the latest then */
    private int placesToLogIn(Duration latest) throws Exception {
        long end = System.nanoTime() + latest.toNanos();
        while (true) {
            var guests = new ArrayList<Socket>();
            int greeted = 0;
            try {
                for (int i = 0; i < Guests.LIMITS.activePerAddress(); i++) {
                    var guest = new Socket(InetAddress.getLoopbackAddress(), agent.port());
                    guest.setSoTimeout(2000);
                    guests.add(guest);
                }
                for (Socket guest : guests) {
                    greeted += isGreeted(guest) ? 1 : 0;
                }
            } finally {
                for (Socket guest : guests) {
                    guest.close();
                }
            }
            if (greeted == guests.size() || System.nanoTime() - end > 0) {
                return greeted;
            }
            Thread.sleep(1000);
        }
    }

    private static boolean isGreeted(Socket guest) {
        try {
            return guest.getInputStream().read() == 'S';
        } catch (IOException e) {
            return false;
        }
    }

    private void assertNoLackOfHeap() throws Exception {
        assertEquals("in\n", Peer.of(stage, agent).run("echo in").out());
        List<String> lack = agent.log().stream().filter(line -> line.contains("heap") || line.contains("OutOfMemory")).toList();
        assertEquals(List.of(), lack);
    }
}
