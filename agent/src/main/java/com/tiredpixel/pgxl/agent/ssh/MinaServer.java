package com.tiredpixel.pgxl.agent.ssh;

import java.util.function.Function;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.session.helpers.AbstractSessionFactory;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;

/** MINA's server with an acceptor and connections of our own, and without the timer that wakes up every second. */
final class MinaServer extends org.apache.sshd.server.SshServer {
    private final Function<IoHandler, IoAcceptor> acceptors;
    private final HeapShare share;

    MinaServer(Function<IoHandler, IoAcceptor> acceptors, HeapShare share) {
        this.acceptors = acceptors;
        this.share = share;
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
                return new BoundedSession(getServer(), connection, share);
            }
        };
    }

    /** {@link Listener} ends connections that do not log in; idle sessions are never ended. */
    @Override
    protected void setupSessionTimeout(AbstractSessionFactory<?, ?> factory) {
    }

    @Override
    protected void removeSessionTimeout(AbstractSessionFactory<?, ?> factory) {
    }
}
