package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.log.EventLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.Optional;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSession;

/** Decides whether a key may log in. MINA asks twice: when a client offers the key, and when it has signed. */
final class KeyAuthenticator implements PublickeyAuthenticator {
    /** {@code MaxAuthTries} of OpenSSH: keys that may be offered in vain on one connection. */
    static final int MOST_FAILURES = 6;
    /** NIST SP 800-131A allows no shorter one. */
    static final int SHORTEST_RSA = 2048;

    private static final AttributeKey<Integer> FAILURES = new AttributeKey<>();

    private final SshSettings settings;
    private final AuthorizedKeysFile file;
    private final EventLog log;
    private final RateLimit limit;
    private final Counters counters;
    private final Clock wallClock;

    KeyAuthenticator(SshSettings settings, EventLog log, RateLimit limit, Counters counters, Clock wallClock) {
        this.settings = settings;
        this.file = new AuthorizedKeysFile(settings);
        this.log = log;
        this.limit = limit;
        this.counters = counters;
        this.wallClock = wallClock;
    }

    @Override
    public boolean authenticate(String user, PublicKey key, ServerSession session) {
        Optional<Grant> grant = Optional.empty();
        String fingerprint = KeyUtils.getFingerPrint(key);
        try {
            grant = decide(user, key, fingerprint, session);
        } catch (IOException | RuntimeException e) {
            refused(session, "login refused, " + Text.reason(e));
        }
        if (grant.isPresent()) {
            session.setAttribute(Grant.OF_SESSION, grant.get());
            return true;
        }
        session.removeAttribute(Grant.OF_SESSION);
        countFailure(session);
        return false;
    }

    private Optional<Grant> decide(String user, PublicKey key, String fingerprint, ServerSession session)
            throws IOException {
        if (!settings.user().equals(user)) {
            refused(session, "login refused for user " + Text.shown(user, 64) + ": there is only "
                    + settings.user());
            return Optional.empty();
        }
        if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < SHORTEST_RSA) {
            refused(session, "login refused for key " + fingerprint + ": RSA with "
                    + rsa.getModulus().bitLength() + " bits is too short");
            return Optional.empty();
        }
        byte[] blob = blob(key);
        if (!AuthorizedKeys.TYPES.contains(AuthorizedKeys.typeOf(blob))) {
            return Optional.empty();
        }
        InetAddress address = ((InetSocketAddress) session.getClientAddress()).getAddress();
        var search = new Search(address, fingerprint);
        file.read().find(blob, search::consider);
        if (search.grant.isEmpty() && search.refusal != null) {
            refused(session, "login refused for key " + fingerprint + ": " + search.refusal);
        } else if (search.grant.isEmpty()) {
            // Clients with several keys offer one after the other: nothing to worry about.
            refused(EventLog.Level.INFO, session, "login refused for key " + fingerprint + ": it is not in "
                    + settings.authorizedKeys());
        }
        return search.grant;
    }

    private final class Search {
        private final InetAddress address;
        private final String fingerprint;
        private Optional<Grant> grant = Optional.empty();
        private String refusal;

        Search(InetAddress address, String fingerprint) {
            this.address = address;
            this.fingerprint = fingerprint;
        }

        void consider(AuthorizedKeys.Match match) {
            if (grant.isPresent()) {
                return;
            }
            Optional<String> problem = match.options().isEmpty()
                    ? Optional.of(match.problem())
                    : match.options().get().refusal(address, wallClock.instant());
            if (problem.isEmpty()) {
                grant = Optional.of(new Grant(fingerprint, match.options().get()));
            } else {
                refusal = Text.shown(problem.get(), 200) + ", " + settings.authorizedKeys() + " line "
                        + match.number();
            }
        }
    }

    private static byte[] blob(PublicKey key) {
        var buffer = new ByteArrayBuffer();
        buffer.putRawPublicKey(key);
        return buffer.getCompactData();
    }

    private void refused(ServerSession session, String line) {
        refused(EventLog.Level.WARN, session, line);
    }

    private void refused(EventLog.Level level, ServerSession session, String line) {
        limit.limit(
                Text.address(session.getClientAddress()),
                line + ", from " + Text.endpoint(session.getClientAddress()),
                text -> log.event(level, EventLog.AUDIT, text));
    }

    /** @return whether a key was offered on this connection, and refused */
    static boolean hasRefused(Session session) {
        return session.getAttribute(FAILURES) != null;
    }

    private void countFailure(ServerSession session) {
        counters.authenticationFailed();
        Integer before = session.getAttribute(FAILURES);
        int failures = before == null ? 1 : before + 1;
        session.setAttribute(FAILURES, failures);
        if (failures >= MOST_FAILURES) {
            disconnect(session, "Too many authentication failures");
        }
    }

    /** In OpenSSH's words; MINA's own way to disconnect hides them behind a general phrase. */
    private static void disconnect(ServerSession session, String reason) {
        Buffer buffer = session.createBuffer(SshConstants.SSH_MSG_DISCONNECT, reason.length() + 64);
        buffer.putUInt(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR);
        buffer.putString(reason);
        buffer.putString("");
        try {
            session.writePacket(buffer).addListener(written -> session.close(true));
        } catch (IOException e) {
            session.close(true);
        }
    }
}
