package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/**
 * Tells of clients that could have logged in and had no key to offer: they print no more than "Permission denied", and
 * {@link FailedLogins} never hears of them. What ends before that, such as a look whether the port is open, is not
 * worth a line.
 */
final class KeylessClients implements SessionListener {
    private static final AttributeKey<Boolean> COULD_LOG_IN = new AttributeKey<>();

    private final StrangerLines lines;

    KeylessClients(StrangerLines lines) {
        this.lines = lines;
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        if (event == Event.KeyEstablished) {
            session.setAttribute(COULD_LOG_IN, true);
        }
    }

    @Override
    public void sessionClosed(Session session) {
        if (session.getAttribute(COULD_LOG_IN) != null
                && !session.isAuthenticated()
                && !FailedLogins.areAny(session)) {
            lines.say(
                    EventLog.Level.INFO,
                    EventLog.AUDIT,
                    session.getRemoteAddress(),
                    "no login: no key was offered, from " + Text.endpoint(session.getRemoteAddress()));
        }
    }
}
