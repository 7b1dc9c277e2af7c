package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.ssh.peer.Identity;
import com.tiredpixel.pgxl.agent.ssh.peer.SshPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A static initializer that fails for lack of heap has failed for ever: so a first login finds all of its own done. */
class FirstLoginTest extends StagedTest {
    /** As {@code -Xlog:class+init} tells of a class with a static initializer. */
    private static final Pattern INITIALIZED = Pattern.compile("Initializing '([^']+)'(?!.*\\(no method\\))");
    private static final Pattern OF_THIS_TEST = Pattern.compile(".*ServerMain.*|.*[$/]Lambda.*|java\\.lang\\.invoke\\..*");
    /** To verify the signature of a jar file: that of BouncyCastle has one here, and not as it is delivered. */
    private static final Pattern OF_A_SIGNED_JAR = Pattern.compile("sun\\.security\\.(pkcs|x509|util|provider)\\..*"
            + "|jdk\\.internal\\.(icu|event)\\..*|java\\.text\\..*|java\\.util\\.jar\\..*|sun\\.util\\.calendar\\..*|java\\.util\\.Date"
            + "|java\\.time\\.(zone\\..*|Local.*)|java\\.lang\\.(System.Logger.Level|Byte.ByteCache)|java\\.nio\\.ByteBufferAs.*"
            + "|java\\.util\\.regex\\..*");
    private static final Duration LOGIN = Duration.ofSeconds(20);
    private static final int ROUNDS = Integer.getInteger("heap.rounds", 2);
    private static final int MOST_ROUNDS = 6;

    @Test
    @Timeout(300)
    void aFirstLoginRunsNoStaticInitializerForTheFirstTime() throws Exception {
        List<String> initialized = initializedByLogins();
        System.out.println("MEASURED first logins initialize " + String.join(" ", initialized));
        assertEquals(List.of(), initialized);
    }

    /** Negative control: without the list there are many. */
    @Test
    @Timeout(300)
    void withoutTheRehearsalItRunsMany() throws Exception {
        List<String> initialized = initializedByLogins("unrehearsed");
        String wanted = System.getProperty("first.login.list");
        if (wanted != null) {
            Files.write(Path.of(wanted), initialized);
        }
        assertTrue(initialized.size() > 20, initialized::toString);
    }

    private List<String> initializedByLogins(String... more) throws Exception {
        Path classes = Files.createDirectory(stage.root.resolve("initialized")).resolve("classes");
        stage.ok("chown", stage.user + ":", classes.getParent().toString());
        var words = new ArrayList<>(List.of(more));
        words.add("default exchanges");
        words.add("-Xlog:class+init=info:file=" + classes);
        var agent = AgentProcess.with(stage, words.toArray(String[]::new));
        agent.command("counters");
        System.out.println("MEASURED ready " + List.of(more) + ": " + resident(agent) + ", " + ticks(agent) + " ticks of the processor");
        int before = initialized(classes).size();
        logins(agent);
        List<String> all = initialized(classes);
        assertTrue(before > 100, "the log of classes tells");
        return all.subList(before, all.size()).stream()
                .filter(name -> !OF_THIS_TEST.matcher(name).matches() && !OF_A_SIGNED_JAR.matcher(name).matches()).distinct().toList();
    }

    private static String resident(AgentProcess agent) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(agent.pid()), "status")).stream()
                .filter(line -> line.matches("(VmRSS|RssAnon).*")).toList().toString();
    }

    /** Of a hundredth of a second each, by its threads in user mode and in the kernel. */
    private static long ticks(AgentProcess agent) throws IOException {
        String[] stat = Files.readString(Path.of("/proc", Long.toString(agent.pid()), "stat")).replaceFirst(".*\\) ", "").split(" ");
        return Long.parseLong(stat[11]) + Long.parseLong(stat[12]);
    }

    private static List<String> initialized(Path log) throws IOException {
        return INITIALIZED.matcher(Files.readString(log)).results().map(MatchResult.class::cast)
                .map(found -> found.group(1).replace('/', '.')).toList();
    }

    /** By each kind of key, key exchange and cipher that is offered by default; one refused; of each kind of session. */
    private void logins(AgentProcess agent) throws Exception {
        for (String key : List.of("ed25519", "ecdsa", "rsa")) {
            Run.Result in = Peer.of(stage, agent).with("-i", stage.client.resolve(key).toString()).run("echo in");
            assertEquals("in\n", in.out(), in::toString);
        }
        Peer.of(stage, agent).with("-i", stage.client.resolve("stranger").toString()).run("echo in");
        for (String exchange : List.of("curve25519-sha256", "diffie-hellman-group16-sha512")) {
            assertEquals("in\n", Peer.of(stage, agent).with("-o", "KexAlgorithms=" + exchange).run("echo in").out());
        }
        for (String cipher : List.of("aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes256-ctr")) {
            assertEquals("in\n", Peer.of(stage, agent).with("-o", "Ciphers=" + cipher).run("cat >&2; echo in").out());
        }
        for (String mac : List.of("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")) {
            assertEquals("in\n", Peer.of(stage, agent).with("-o", "Ciphers=aes128-ctr", "-o", "MACs=" + mac).run("echo in").out());
        }
        byMlKem(agent);
        Peer.of(stage, agent).with("-tt").run("stty size");
        Peer.of(stage, agent).with("-o", "RekeyLimit=1M").script("head -c 3M /dev/zero | $SSH cat | wc -c");
        Peer.of(stage, agent).run("kill -9 $$");
        Peer.of(stage, agent).run("yes".repeat(3000));
        try (SshPeer peer = SshPeer.connect(null, new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.port()))) {
            peer.greet(true);
            peer.askForService();
            peer.send(SshPeer.forged(stage.user, Identity.read(stage.client.resolve("ed25519"))));
            peer.receive();
            peer.send(SshPeer.none(stage.user));
            peer.receive();
        }
    }

    /** The ssh of this machine may not know it. */
    private void byMlKem(AgentProcess agent) throws Exception {
        Ed25519.install();
        try (SshClient client = SshClient.setUpDefaultClient()) {
            client.setKeyExchangeFactories(List.of(ClientBuilder.DH2KEX.apply(BuiltinDHFactories.mlkem768x25519)));
            client.setServerKeyVerifier((session, address, key) -> true);
            client.start();
            try (ClientSession session = client.connect(stage.user, "127.0.0.1", agent.port()).verify(LOGIN).getSession()) {
                session.addPublicKeyIdentity(new HostKeyFile(stage.client.resolve("ed25519")).read());
                session.auth().verify(LOGIN);
                assertEquals("in\n", session.executeRemoteCommand("echo in"));
            }
        }
    }

    @Test
    @Timeout(300)
    void afterAHeapThatWasFullAtTheFirstLoginOthersLogIn() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            assertTrue(logsInAfterAFullHeap(true), "round " + round);
        }
    }

    /** Negative control: where the first login itself initializes, a full heap spoils some of it for all later ones. */
    @Test
    @Timeout(420)
    void withoutTheRehearsalAFullHeapAtTheFirstLoginSpoilsLaterOnes() throws Exception {
        boolean spoilt = false;
        for (int round = 0; round < MOST_ROUNDS && !spoilt; round++) {
            spoilt = !logsInAfterAFullHeap(true, "unrehearsed");
        }
        assertTrue(spoilt, "each time they logged in");
    }

    /** Whoever connects meanwhile waits. */
    @Test
    @Timeout(300)
    void afterAHeapThatWasFullWhileTheServerOpenedOthersLogIn() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            assertTrue(logsInAfterAFullHeap(false), "round " + round);
        }
    }

    /** @param isOpen whether the server is when the heap fills, or only opens then */
    private boolean logsInAfterAFullHeap(boolean isOpen, String... more) throws Exception {
        try (var agent = isOpen ? AgentProcess.with(stage, more) : AgentProcess.closed(stage, more)) {
            var first = new Thread(() -> {
                for (int i = 0; i < 6; i++) {
                    Peer.of(stage, agent).with("-o", "ConnectTimeout=3").run("echo in");
                }
            });
            first.start();
            agent.command(isOpen ? "fill the heap" : "open in a full heap");
            first.join();
            long start = System.nanoTime();
            while (System.nanoTime() - start < LOGIN.toNanos()) {
                if (Peer.of(stage, agent).run("echo in").out().equals("in\n")) {
                    assertTrue(!isOpen || agent.log().stream().anyMatch(line -> line.contains("heap")), "it was full");
                    return true;
                }
            }
            return false;
        }
    }
}
