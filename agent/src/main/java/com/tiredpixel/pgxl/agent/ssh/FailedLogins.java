package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.net.SocketAddress;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.session.Session;

/**
 * The failed logins of one connection, whatever failed: counted, told and limited in one place, when the client is about to
 * be told. As with OpenSSH, {@code none} is free as a first question, because that is how a client asks for the methods.
 */
final class FailedLogins {
    /** {@code MaxAuthTries} of OpenSSH. */
    static final int MOST = 6;
    private static final AttributeKey<FailedLogins> OF_SESSION = new AttributeKey<>();
    private static final int LONGEST_NAME = 64;

    private final StrangerLines lines;
    private final Counters counters;
    private LoginRequest request = new LoginRequest.Malformed();
    private int requests;
    private int failures;
    private boolean told;

    FailedLogins(StrangerLines lines, Counters counters) {
        this.lines = lines;
        this.counters = counters;
    }

    void attach(Session session) {
        session.setAttribute(OF_SESSION, this);
    }

    /** @return whether any has failed that counts */
    static boolean areAny(Session session) {
        FailedLogins failed = session.getAttribute(OF_SESSION);
        return failed != null && failed.failures() > 0;
    }

    /** Whoever refused a login has said why. */
    static void told(Session session) {
        FailedLogins failed = session.getAttribute(OF_SESSION);
        if (failed != null) {
            failed.told();
        }
    }

    private synchronized void told() {
        told = true;
    }

    private synchronized int failures() {
        return failures;
    }

    synchronized void requested(LoginRequest newRequest) {
        request = newRequest;
        requests++;
        told = false;
    }

    /**
     * @param granted whether the key itself may log in
     * @return whether that was one too many
     */
    synchronized boolean failed(SocketAddress client, boolean granted) {
        if (requests == 1 && request instanceof LoginRequest.ByOther other && other.method().equals("none")) {
            return false;
        }
        failures++;
        counters.authenticationFailed();
        if (!told) {
            told = true;
            tell(client, "login refused " + reason(granted));
        }
        return failures >= MOST;
    }

    /** For a reason that is not in the request; in own words. */
    synchronized void refused(SocketAddress client, String reason) {
        failures++;
        counters.authenticationFailed();
        tell(client, "login refused: " + reason);
    }

    private String reason(boolean granted) {
        if (request instanceof LoginRequest.ByKey key) {
            if (granted) {
                return "for key " + key.fingerprint() + ": the signature is not by that key";
            }
            return "for key " + key.fingerprint() + ": keys of type " + Text.quoted(key.type(), LONGEST_NAME)
                    + " are not supported, or it is malformed";
        }
        if (request instanceof LoginRequest.ByOther other) {
            return "by method " + Text.quoted(other.method(), LONGEST_NAME) + ": only keys log in";
        }
        return "for a malformed request";
    }

    private void tell(SocketAddress client, String line) {
        lines.say(EventLog.Level.WARN, EventLog.AUDIT, client, line + ", from " + Text.endpoint(client));
    }
}
