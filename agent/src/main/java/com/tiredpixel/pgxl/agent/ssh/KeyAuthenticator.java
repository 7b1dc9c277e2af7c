package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSession;

/** Decides whether a key may log in. MINA asks twice: when a client offers the key, and when it has signed. */
final class KeyAuthenticator implements PublickeyAuthenticator {
    /** NIST SP 800-131A allows no shorter one. */
    static final int SHORTEST_RSA = 2048;

    private final SshSettings settings;
    private final StrangerLines lines;
    private final Clock wallClock;

    KeyAuthenticator(SshSettings settings, StrangerLines lines, Clock wallClock) {
        this.settings = settings;
        this.lines = lines;
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
        return false;
    }

    private Optional<Grant> decide(String user, PublicKey key, String fingerprint, ServerSession session)
            throws IOException {
        if (!settings.user().equals(user)) {
            refused(session, "login refused for user " + Text.quoted(user, 64) + ": there is only "
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
        keys(session).find(blob, search::consider);
        if (search.grant.isEmpty() && search.refusal != null) {
            refused(session, "login refused for key " + fingerprint + ": " + search.refusal);
        } else if (search.grant.isEmpty()) {
            // Clients with several keys offer one after the other: nothing to worry about.
            refused(EventLog.Level.INFO, session, "login refused for key " + fingerprint + ": it is not in "
                    + settings.authorizedKeys());
        }
        return search.grant;
    }

    /** What was read for this very request: nothing is read here, in a thread that serves all connections. */
    private AuthorizedKeys keys(ServerSession session) throws IOException {
        KeyReader.Reading reading = session.getAttribute(KeyReader.OF_SESSION);
        if (reading instanceof KeyReader.Reading.Read read) {
            return read.keys();
        }
        throw new IOException(reading instanceof KeyReader.Reading.Failed failed
                ? failed.problem()
                : settings.authorizedKeys() + " was not read");
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
        FailedLogins.told(session);
        lines.say(
                level,
                EventLog.AUDIT,
                session.getClientAddress(),
                line + ", from " + Text.endpoint(session.getClientAddress()));
    }
}
