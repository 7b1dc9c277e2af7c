package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.util.function.Consumer;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/**
 * Counts and records who has logged in.
 *
 * @param next is told then
 */
record Logins(String user, Counters counters, StrangerLines lines, EventLog log, Consumer<Session> next)
        implements SessionListener {
    @Override
    public void sessionEvent(Session session, Event event) {
        if (event == Event.Authenticated) {
            counters.loggedIn();
            next.accept(session);
            log.info(EventLog.AUDIT, user + " logged in with " + session.getAttribute(Grant.OF_SESSION).fingerprint() + " from "
                    + Text.endpoint(session.getRemoteAddress()));
        }
    }

    @Override
    public void sessionException(Session session, Throwable problem) {
        lines.say(
                EventLog.Level.DEBUG,
                "ssh",
                session.getRemoteAddress(),
                "connection from " + Text.endpoint(session.getRemoteAddress()) + " ends by "
                        + problem.getClass().getSimpleName() + ": " + Text.reason(problem));
    }
}
