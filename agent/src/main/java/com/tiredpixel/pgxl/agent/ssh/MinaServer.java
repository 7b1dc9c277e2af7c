package com.tiredpixel.pgxl.agent.ssh;

import java.util.function.Function;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.session.helpers.AbstractSessionFactory;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;

/** MINA's server with an acceptor and connections of our own, and without the timer that wakes up every second. */
final class MinaServer extends org.apache.sshd.server.SshServer {
    private final Function<IoHandler, IoAcceptor> acceptors;
    private final Sessions sessions;

    /** Makes the session of a connection. */
    @FunctionalInterface
    interface Sessions {
        ServerSessionImpl make(ServerFactoryManager server, IoSession connection) throws Exception;
    }

    MinaServer(Function<IoHandler, IoAcceptor> acceptors, Sessions sessions) {
        this.acceptors = acceptors;
        this.sessions = sessions;
    }

    @Override
    protected IoAcceptor createAcceptor() {
        return acceptors.apply(getSessionFactory());
    }

    @Override
    protected SessionFactory createSessionFactory() {
        return new SessionFactory(this) {
            @Override
            protected ServerSessionImpl doCreateSession(IoSession connection) throws Exception {
                return sessions.make(getServer(), connection);
            }
        };
    }

    /** {@link Guests} ends connections that do not log in; idle sessions are never ended. */
    @Override
    protected void setupSessionTimeout(AbstractSessionFactory<?, ?> factory) {
    }

    @Override
    protected void removeSessionTimeout(AbstractSessionFactory<?, ?> factory) {
    }
}
