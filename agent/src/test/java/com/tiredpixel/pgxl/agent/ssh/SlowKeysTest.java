package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our session and authenticator with MINA's client, while {@code authorized_keys} does not answer. */
class SlowKeysTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final AtomicBoolean silent = new AtomicBoolean();
    private final CountDownLatch answer = new CountDownLatch(1);
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private KeyPair known;
    private MinaServer server;
    private SshClient mina;

    @BeforeEach
    void aServerWithOneThreadForAllConnections() throws Exception {
        Ed25519.install();
        known = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        Path home = Path.of("/home/postgres");
        var settings = TestSettings.of("postgres", home, home.resolve(".pgxl"), 0);
        var reader = new KeyReader(settings.authorizedKeys(), this::read, timer, Duration.ofSeconds(3));
        EventLog recorder = (level, subject, message) -> log.add(message);
        var lines = new StrangerLines(recorder, () -> Duration.ofNanos(System.nanoTime()), (delay, task) -> { });
        var counters = new Counters();
        var answers = new Answers(1 << 20, 1 << 20, 1 << 20, 1 << 20);
        var authenticator = new KeyAuthenticator(settings, lines, Clock.systemUTC());
        server = (MinaServer) ServerBuilder.builder()
                .factory(() -> new MinaServer(
                        handler -> new Nio2ServiceFactoryFactory().create(server).createAcceptor(handler),
                        (owner, connection) -> {
                            var session = new BoundedSession(
                                    owner, connection, HeapShare.bounded(), answers,
                                    new Endings(lines, counters), new FailedLogins(lines, counters));
                            session.readKeysBy(reader, "postgres");
                            return session;
                        }))
                .publickeyAuthenticator(authenticator)
                .build();
        CoreModuleProperties.NIO_WORKERS.set(server, 1);
        server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        server.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.setKeyPairProvider(KeyPairProvider.wrap(known));
        server.setCommandFactory((channel, line) -> new Printing());
        server.start();
        mina = SshClient.setUpDefaultClient();
        mina.setServerKeyVerifier((session, address, key) -> true);
        mina.start();
    }

    @AfterEach
    void end() throws IOException {
        answer.countDown();
        mina.stop();
        server.stop(true);
        timer.shutdownNow();
    }

    private AuthorizedKeys read() throws InterruptedException {
        if (silent.get()) {
            assertTrue(answer.await(60, TimeUnit.SECONDS));
        }
        return new AuthorizedKeys(PublicKeyEntry.toString(known.getPublic()) + "\n");
    }

    private static final class Printing extends AbstractCommandSupport {
        Printing() {
            super("printing", null);
        }

        @Override
        public void run() {
            try {
                getOutputStream().write("here\n".getBytes());
                getOutputStream().flush();
                onExit(0);
            } catch (IOException e) {
                onExit(1);
            }
        }
    }

    private ClientSession connect(KeyPair pair) throws IOException {
        ClientSession session =
                mina.connect("postgres", "127.0.0.1", server.getPort()).verify(PATIENCE).getSession();
        session.addPublicKeyIdentity(pair);
        return session;
    }

    @Test
    void aLoginWaitsForItsKeysAndOtherSessionsGoOn() throws Exception {
        ClientSession before = connect(known);
        before.auth().verify(PATIENCE);
        silent.set(true);
        ClientSession waiting = connect(known);
        var login = waiting.auth();
        for (int i = 0; i < 5; i++) {
            assertEquals("here\n", before.executeRemoteCommand("print"));
        }
        assertFalse(login.isDone());
        silent.set(false);
        answer.countDown();
        login.verify(PATIENCE);
        assertEquals("here\n", waiting.executeRemoteCommand("print"));
    }

    @Test
    void aLoginWhoseKeysDoNotComeIsRefusedWithThePathAndTheNextOneWorksAgain() throws Exception {
        silent.set(true);
        ClientSession refused = connect(known);
        assertThrows(IOException.class, () -> refused.auth().verify(PATIENCE));
        assertTrue(log.stream().anyMatch(line -> line.startsWith(
                "login refused, /home/postgres/.ssh/authorized_keys does not answer, for 3 s")), log::toString);
        silent.set(false);
        answer.countDown();
        ClientSession next = connect(known);
        next.auth().verify(PATIENCE);
        assertEquals("here\n", next.executeRemoteCommand("print"));
    }

    /** What MINA's own way to wait would forget: the key alone opens nothing. */
    @Test
    void aKeyWithoutItsSignatureAndAnUnknownKeyAreRefused() throws Exception {
        KeyPair stranger = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        ClientSession unknown = connect(stranger);
        assertThrows(IOException.class, () -> unknown.auth().verify(PATIENCE));
        ClientSession forger = connect(new KeyPair(known.getPublic(), stranger.getPrivate()));
        assertThrows(IOException.class, () -> forger.auth().verify(PATIENCE));
        assertFalse(forger.isAuthenticated());
    }

    @Test
    void aClientThatLeavesWhileItsKeysAreReadLeavesNothingBehind() throws Exception {
        silent.set(true);
        ClientSession leaving = connect(known);
        leaving.auth();
        CloseFuture closed = leaving.close(true);
        assertTrue(closed.await(PATIENCE));
        answer.countDown();
        silent.set(false);
        ClientSession next = connect(known);
        next.auth().verify(PATIENCE);
        assertEquals("here\n", next.executeRemoteCommand("print"));
    }
}
