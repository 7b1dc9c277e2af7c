package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.ssh.peer.Identity;
import com.tiredpixel.pgxl.agent.ssh.peer.Message;
import com.tiredpixel.pgxl.agent.ssh.peer.SshPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * As many clients as a heap of 24 MB is said to carry, each of which takes all the memory that it can: variables, a command
 * line, a full window, output and answers that it does not read, a key exchange that it does not end, half a packet.
 */
class SshCrowdTest {
    /** What Java says of -Xmx24m -Xmn1500k, which leaves one of two survivor spaces out. */
    static final long DEFAULT_HEAP = (24L << 20) - 192 * 1024;
    /** More are refused at the start. */
    private static final int CROWD = (int) HeapNeeds.most(DEFAULT_HEAP);
    private static final int FEW = 60;
    private static final int FEW_STRANGERS = 48;
    private static final int FEW_ANSWERS = 4;
    private static final int MANY_ANSWERS = 20;
    private static final int LANES = 4;
    /** In KiB, without supervisor and status. */
    private static final long OF_THIS_AGENT = 4 * 1024;
    private static final Duration LONGEST = Duration.ofMinutes(4);
    /** What is promised is ten seconds; other work on the machine must not fail this test. */
    private static final Duration LOGIN = Duration.ofSeconds(20);
    private static final long ANY_WINDOW = 0x7fff_ffff;
    private static final int LONG_PACKET = 34_000;
    private static final int PACKET = IncomingPackets.SHORT_PACKET - 100;
    /** Until the command has filled the pipe of its own standard input. */
    private static final int FILLING = 500;

    private Stage stage;
    private Identity key;
    private final Queue<SshPeer> peers = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> troubles = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void set() throws Exception {
        stage = Stage.set();
        key = Identity.read(stage.client.resolve("ed25519"));
    }

    @AfterEach
    void strike() throws IOException {
        for (SshPeer peer : peers) {
            peer.close();
        }
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    @Timeout(420)
    void clientsThatTakeAllTheMemoryTheyCanLeaveRoomForALoginAndForAllOthers() throws Exception {
        var agent = AgentProcess.crowded(stage, CROWD + 10);
        // Classes of a signed jar, which that of BouncyCastle is here, have megabytes of its manifest with them.
        long empty = heap(agent);
        int logins = 0;
        long slowest = 0;
        Thread crowd = attack(agent, () -> false);
        while (crowd.isAlive() || logins == 0) {
            slowest = Math.max(slowest, login(agent));
            logins++;
        }
        long full = heap(agent);
        slowest = Math.max(slowest, login(agent));
        String told = "the heap went from " + empty + " to " + full + " KiB, " + logins + " logins, the slowest in " + slowest
                + " ms, " + troubles;
        System.out.println("MEASURED " + told);
        assertEquals(CROWD, peers.size(), told);
        assertTrue(troubles.size() <= CROWD / 10, told);
        assertEquals(List.of(), lackOfHeap(agent), told);
        assertTrue(slowest < LOGIN.toMillis(), told);
        assertTrue(full < (DEFAULT_HEAP - HeapNeeds.OTHERS) / 1024 + OF_THIS_AGENT, told);
        for (SshPeer peer : peers) {
            peer.close();
        }
        assertEverythingIsGivenBack(agent, empty);
        assertEquals("300000\n", Peer.of(stage, agent).script("head -c 300000 /dev/zero | $SSH cat | wc -c").out().replace(" ", ""));
    }

    /** What a session can take of its own, where nothing is lent. */
    @Test
    @Timeout(420)
    void aSessionTakesOfItsOwnNoMoreThanTheNumberOfSessionsIsReckonedBy() throws Exception {
        var agent = AgentProcess.stingy(stage, CROWD);
        for (int i = 0; i < LANES; i++) {
            takeAll(agent, i, PACKET, FEW_ANSWERS);
        }
        long first = leastHeap(agent);
        for (int i = 0; i < FEW; i++) {
            takeAll(agent, i, PACKET, FEW_ANSWERS);
        }
        long each = (leastHeap(agent) - first) / FEW;
        System.out.println("MEASURED a session of its own takes " + each + " KiB of heap");
        assertEquals(FEW + LANES, agent.counter("connectionsNow"), agent.counters());
        assertTrue(each <= HeapNeeds.PER_SESSION / 1024, each + " KiB");
        assertTrue(each >= HeapNeeds.PER_SESSION / 1024 / 2, "negative control: it does take something, " + each + " KiB");
    }

    /**
     * Keys exchanged, and half a packet; what longer ones take is lent, and bounded for all strangers. Answers that it does not
     * read come on top.
     */
    @Test
    @Timeout(420)
    void aStrangerTakesNoMoreThanIsReckoned() throws Exception {
        var agent = AgentProcess.stingy(stage, CROWD);
        for (int i = 0; i < LANES; i++) {
            beAStranger(agent, i);
        }
        long first = leastHeap(agent);
        for (int i = 0; i < FEW_STRANGERS; i++) {
            beAStranger(agent, i);
        }
        long each = (leastHeap(agent) - first) / FEW_STRANGERS;
        System.out.println("MEASURED a stranger takes " + each + " KiB of heap beside " + first);
        assertEquals(FEW_STRANGERS + LANES, agent.counter("connectionsNow"), agent.counters());
        assertTrue(each + Answers.OF_STRANGERS / 1024 <= HeapNeeds.PER_STRANGER / 1024, each + " KiB");
        assertTrue(each >= 4, "negative control: it does take something, " + each + " KiB");
    }

    private void beAStranger(AgentProcess agent, int number) throws IOException, GeneralSecurityException {
        SshPeer peer = SshPeer.connect(
                InetAddress.getByName("127.0.1." + (1 + number % 4)),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.port()));
        peers.add(peer);
        peer.greet(true);
        byte[] half = peer.packed(Message.of(50).string(new byte[PACKET]).bytes());
        peer.raw(Arrays.copyOf(half, half.length - 100));
    }

    /** Negative control: where whoever asks is lent what he wants, the same crowd fills the heap. */
    @Test
    @Timeout(420)
    void whereWhatIsLentHasNoBoundTheSameCrowdFillsTheHeap() throws Exception {
        var agent = AgentProcess.generous(stage, CROWD + 10);
        attack(agent, () -> !lackOfHeap(agent).isEmpty()).join();
        boolean died = troubles.stream().anyMatch(trouble -> trouble instanceof IOException);
        assertTrue(died || !lackOfHeap(agent).isEmpty(), troubles::toString);
        assertFalse(lackOfHeap(agent).isEmpty() && troubles.size() < CROWD / 4, troubles::toString);
    }

    private Thread attack(AgentProcess agent, BooleanSupplier enough) {
        var next = new AtomicInteger();
        long end = System.nanoTime() + LONGEST.toNanos();
        var all = new Thread(() -> {
            var lanes = new ArrayList<Thread>();
            for (int i = 0; i < LANES; i++) {
                var lane = new Thread(() -> {
                    for (int number = next.getAndIncrement(); number < CROWD; number = next.getAndIncrement()) {
                        if (System.nanoTime() - end > 0 || enough.getAsBoolean()) {
                            return;
                        }
                        attack(agent, number);
                    }
                });
                lane.start();
                lanes.add(lane);
            }
            for (Thread lane : lanes) {
                try {
                    lane.join();
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        all.start();
        return all;
    }

    /** One that is refused more than the others have takes what there is. */
    private void attack(AgentProcess agent, int number) {
        try {
            takeAll(agent, number, number % 8 == 0 ? LONG_PACKET : PACKET, MANY_ANSWERS);
        } catch (IOException | GeneralSecurityException | InterruptedException | RuntimeException | AssertionError e) {
            troubles.add(e);
        }
    }

    private void takeAll(AgentProcess agent, int number, int packet, int answers)
            throws IOException, GeneralSecurityException, InterruptedException {
        SshPeer peer = SshPeer.connect(null, new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.port()));
        peers.add(peer);
        peer.greet(true);
        peer.login(stage.user, key);
        SshPeer.Channel channel = peer.openWithWindow(ANY_WINDOW);
        takeByRequests(peer, channel.number());
        peer.send(SshPeer.exec(channel.number(), "yes >/proc/$$/fd/0 & yes & yes >&2 # " + "x".repeat(1500), false));
        Thread.sleep(FILLING);
        for (int sent = 0; sent < channel.window(); ) {
            int part = Math.min(channel.window() - sent, Math.min(channel.packet(), channel.window()) - 100);
            peer.send(SshPeer.data(channel.number(), new byte[part]));
            sent += part;
        }
        for (int i = 0; i < 9 && answers == MANY_ANSWERS; i++) {
            peer.send(SshPeer.open("session", 100 + i, ANY_WINDOW));
        }
        for (int i = 0; i < answers; i++) {
            peer.send(SshPeer.global("keepalive@openssh.com", true));
        }
        if (number % 2 == 0) {
            peer.propose(false);
        }
        byte[] half = peer.packed(Message.of(30).string(new byte[packet]).bytes());
        peer.raw(Arrays.copyOf(half, half.length - 100));
    }

    private static void takeByRequests(SshPeer peer, int channel) throws IOException, GeneralSecurityException {
        for (int i = 0; i < 64; i++) {
            peer.send(SshPeer.request(channel, "env", false,
                    Message.empty().string("LC_V" + i).string("v".repeat(1000)).bytes()));
            peer.send(SshPeer.request(channel, "env", false,
                    Message.empty().string("LC_W" + i).string("v".repeat(40)).bytes()));
        }
    }

    private long login(AgentProcess agent) {
        long start = System.nanoTime();
        Run.Result result = Peer.of(stage, agent).with("-o", "BindAddress=127.0.0.2").run("echo in");
        assertEquals("in\n", result.out(), () -> result + ", log " + agent.log());
        return (System.nanoTime() - start) / 1_000_000;
    }

    private static long heap(AgentProcess agent) throws IOException {
        int mark = agent.mark();
        agent.command("heap");
        return Long.parseLong(agent.awaitAfter(mark, "heap", line -> line.startsWith("heap ")).replaceAll("\\D", ""));
    }

    /** What is only on its way is not counted. */
    private static long leastHeap(AgentProcess agent) throws IOException, InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            Thread.sleep(500);
            least = Math.min(least, heap(agent));
        }
        return least;
    }

    private static void assertEverythingIsGivenBack(AgentProcess agent, long empty) throws Exception {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (agent.counter("connectionsNow") > 0) {
            assertTrue(System.nanoTime() - deadline < 0, agent.counters());
            Thread.sleep(200);
        }
        long left = heap(agent);
        assertTrue(left < empty + 4 * 1024, left + " KiB of heap are in use, and before it were " + empty);
    }

    private static List<String> lackOfHeap(AgentProcess agent) {
        return agent.log().stream().filter(line -> line.contains("heap space") || line.contains("OutOfMemory")).toList();
    }
}
