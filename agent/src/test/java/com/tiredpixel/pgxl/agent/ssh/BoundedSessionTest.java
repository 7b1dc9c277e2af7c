package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Our session in MINA's own server, with MINA's client. */
class BoundedSessionTest {
    /** Before MINA is used for the first time in this JVM, whichever test comes first. */
    @BeforeAll
    static void load() {
        Ed25519.install();
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LONG_ENOUGH_FOR_THE_OTHER_SIDE = 500_000_000;
    private static final int BYTES = 8 * 1024 * 1024;

    private final AtomicReference<ClientSession> client = new AtomicReference<>();
    private final AtomicBoolean bothAsked = new AtomicBoolean();
    private final AtomicBoolean negotiated = new AtomicBoolean();

    /** When it has begun to ask for new keys the client asks too, and has its next message there before it goes on. */
    private final class Slow extends BoundedSession {
        Slow(ServerFactoryManager server, IoSession connection) throws Exception {
            super(server, connection, HeapShare.bounded(), Answers.bounded(), endings(), failedLogins());
        }

        @Override
        protected Map<KexProposalOption, String> getKexProposal() throws Exception {
            if (client.get() != null && bothAsked.compareAndSet(false, true)) {
                client.get().reExchangeKeys();
                LockSupport.parkNanos(LONG_ENOUGH_FOR_THE_OTHER_SIDE);
            }
            return super.getKexProposal();
        }

        @Override
        protected Map<KexProposalOption, String> negotiate() throws Exception {
            Map<KexProposalOption, String> agreed = super.negotiate();
            if (bothAsked.get() && negotiated.compareAndSet(false, true)) {
                LockSupport.parkNanos(LONG_ENOUGH_FOR_THE_OTHER_SIDE);
            }
            return agreed;
        }
    }

    private static Endings endings() {
        return new Endings(lines(), new Counters());
    }

    private static FailedLogins failedLogins() {
        return new FailedLogins(lines(), new Counters());
    }

    private static StrangerLines lines() {
        return new StrangerLines((level, subject, message) -> { }, MonotonicClock.system(), (delay, task) -> { });
    }

    private final class Server extends SshServer {
        @Override
        protected SessionFactory createSessionFactory() {
            return new SessionFactory(this) {
                @Override
                protected ServerSessionImpl doCreateSession(IoSession connection) throws Exception {
                    return new Slow(getServer(), connection);
                }
            };
        }
    }

    /** Prints by a thread of its own, as commands do. */
    private static final class Printing extends AbstractCommandSupport {
        Printing() {
            super("printing", null);
        }

        @Override
        public void run() {
            try {
                getOutputStream().write(new byte[BYTES]);
                getOutputStream().flush();
                onExit(0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void keysThatBothSidesAskForInTheSameMomentAreMade() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        SshServer server = ServerBuilder.builder().factory(Server::new).build();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(pair));
        server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
        server.setShellFactory(channel -> new Printing());
        CoreModuleProperties.REKEY_BYTES_LIMIT.set(server, 256L * 1024);
        server.start();
        try (SshClient mina = SshClient.setUpDefaultClient()) {
            mina.setServerKeyVerifier((session, address, key) -> true);
            mina.start();
            ClientSession session = mina.connect("user", "127.0.0.1", server.getPort()).verify(PATIENCE).getSession();
            session.addPublicKeyIdentity(pair);
            session.auth().verify(PATIENCE);
            client.set(session);
            try (var channel = session.createShellChannel()) {
                channel.open().verify(PATIENCE);
                assertEquals(BYTES, channel.getInvertedOut().readAllBytes().length);
            }
        } finally {
            server.stop(true);
        }
        assertTrue(bothAsked.get());
    }
}
