package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.nio2.Nio2Session;

/** A connection that has not logged in yet. */
final class Guest {
    private final AsynchronousSocketChannel socket;
    private final SocketAddress local;
    private final SocketAddress remote;
    private final AtomicBoolean countedOut = new AtomicBoolean();
    private volatile Nio2Session session;
    private volatile Future<?> deadline;

    /** @param local the address on which it was accepted */
    Guest(AsynchronousSocketChannel socket, SocketAddress local) throws IOException {
        this.socket = socket;
        this.local = local;
        this.remote = socket.getRemoteAddress();
    }

    /** @return null if it is none, or has logged in */
    static Guest of(IoSession session) {
        return session.getAttribute(Guest.class) instanceof Guest guest ? guest : null;
    }

    AsynchronousSocketChannel socket() {
        return socket;
    }

    SocketAddress local() {
        return local;
    }

    SocketAddress remote() {
        return remote;
    }

    /** @param newSession that serves it */
    void serveBy(Nio2Session newSession) {
        newSession.setAttribute(Guest.class, this);
        session = newSession;
    }

    /** @param newDeadline ends it, unless it has logged in */
    void endBy(Future<?> newDeadline) {
        deadline = newDeadline;
    }

    void cancelDeadline() {
        Future<?> known = deadline;
        if (known != null) {
            known.cancel(false);
        }
    }

    /** @return null while it waits in line */
    Nio2Session session() {
        return session;
    }

    void closeSocket() {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing left to do for it.
        }
    }

    /** @return whether this is the first time that it is asked; for one without a session, which would count it */
    boolean isCountedOutNow() {
        return countedOut.compareAndSet(false, true);
    }
}
