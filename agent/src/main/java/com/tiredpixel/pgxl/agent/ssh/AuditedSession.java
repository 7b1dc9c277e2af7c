package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;

/**
 * A connection whose failed logins and whose end are counted and told: in the log within bounds, to the client in OpenSSH's
 * words.
 */
abstract class AuditedSession extends ServerSessionImpl {
    private final Endings endings;
    private final FailedLogins failedLogins;
    private final AtomicBoolean ended = new AtomicBoolean();
    /** Nothing that comes after it counts. */
    private volatile boolean saidGoodbye;

    AuditedSession(ServerFactoryManager server, IoSession connection, Endings endings, FailedLogins failedLogins)
            throws Exception {
        super(server, connection);
        this.endings = endings;
        this.failedLogins = failedLogins;
        failedLogins.attach(this);
    }

    /** @return whether what still comes is of no account */
    boolean hasSaidGoodbye() {
        return saidGoodbye;
    }

    @Override
    protected void doHandleMessage(Buffer message) throws Exception {
        if (ClientMessages.number(message) == SshConstants.SSH_MSG_USERAUTH_REQUEST && !isAuthenticated()) {
            login(message);
        } else {
            super.doHandleMessage(message);
        }
    }

    private void login(Buffer message) throws Exception {
        failedLogins.requested(LoginRequest.read(message));
        removeAttribute(Grant.OF_SESSION);
        try {
            super.doHandleMessage(message);
        } catch (Exception | Error e) {
            // It ends the connection, and the client is not told of a failure.
            failedLogins.failed(getRemoteAddress(), false);
            throw e;
        }
    }

    @Override
    public IoWriteFuture writePacket(Buffer packet) throws IOException {
        boolean failure = packet.array()[packet.rpos()] == SshConstants.SSH_MSG_USERAUTH_FAILURE;
        if (failure && failedLogins.failed(getRemoteAddress(), getAttribute(Grant.OF_SESSION) != null)) {
            return sayGoodbye("Too many authentication failures");
        }
        return super.writePacket(packet);
    }

    /** MINA's ways to refuse a login that are no failure, such as for another name in the middle. */
    @Override
    public void disconnect(int reason, String message) throws IOException {
        if (!isAuthenticated() && !saidGoodbye) {
            switch (reason) {
                case SshConstants.SSH2_DISCONNECT_ILLEGAL_USER_NAME ->
                    failedLogins.refused(getRemoteAddress(), "another user or service in the middle");
                case SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE ->
                    failedLogins.refused(getRemoteAddress(), "too many questions which key would do");
                default -> { }
            }
        }
        saidGoodbye = true;
        super.disconnect(reason, message);
    }

    /** In OpenSSH's words; MINA's own way to disconnect hides them behind a general phrase. */
    private IoWriteFuture sayGoodbye(String reason) throws IOException {
        saidGoodbye = true;
        Buffer packet = createBuffer(SshConstants.SSH_MSG_DISCONNECT, reason.length() + 64);
        packet.putUInt(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR);
        packet.putString(reason);
        packet.putString("");
        IoWriteFuture written = super.writePacket(packet);
        written.addListener(over -> close(true));
        return written;
    }

    /**
     * Tells of it in bounds, for MINA would warn of each probe of the port; and of a client that has gone, or a network, not
     * at all, because the audit tells of a command.
     */
    @Override
    public void exceptionCaught(Throwable problem) {
        if (!isOpen() || !ended.compareAndSet(false, true)) {
            close(true);
            return;
        }
        signalExceptionCaught(problem);
        boolean gone = problem instanceof IOException
                && !(problem instanceof SshException)
                && !(problem instanceof Unread);
        if (!gone) {
            endings.ended(getRemoteAddress(), Text.reason(problem));
        }
        if (!(problem instanceof SshException known) || !sayGoodbye(known)) {
            close(true);
        }
    }

    /** @return whether the end comes when that is said */
    private boolean sayGoodbye(SshException reason) {
        try {
            if (reason instanceof Refused) {
                sayGoodbye(reason.getMessage());
                return false;
            }
            if (reason.getDisconnectCode() > 0) {
                disconnect(reason.getDisconnectCode(), reason.getMessage());
                return true;
            }
            return false;
        } catch (IOException | RuntimeException e) {
            return false; // A client that does not listen does not hear why.
        }
    }

    /** A message that a client may not send, or not now. */
    static final class Refused extends SshException {
        private static final long serialVersionUID = 1L;

        Refused(String reason) {
            super(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, reason);
        }
    }

    /** Answers that the client does not read. */
    static final class Unread extends IOException {
        private static final long serialVersionUID = 1L;

        Unread() {
            super("it asks for answers and does not read them");
        }
    }
}
