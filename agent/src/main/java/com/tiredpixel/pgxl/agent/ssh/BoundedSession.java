package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.future.KeyExchangeFuture;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;

/**
 * A connection that takes no packet longer than RFC 4253, section 6.1, demands until its client has logged in, and longer
 * ones, such as a command line of 100 KB, only while the shared heap has room. OpenSSH and MINA take 256 KB of anybody,
 * and MINA keeps what has come until the rest does: the half packets of some sixty strangers would fill the heap.
 */
class BoundedSession extends ServerSessionImpl {
    /** Without the four bytes of the length itself. */
    static final int LONGEST_PACKET = 35_000;

    private final HeapShare share;
    private final Object lending = new Object();
    private int lent;
    private boolean over;

    BoundedSession(ServerFactoryManager server, IoSession connection, HeapShare share) throws Exception {
        super(server, connection);
        this.share = share;
    }

    /** Whoever calls this reads nothing more after an exception. */
    @Override
    public void messageReceived(Readable bytes) throws Exception {
        super.messageReceived(bytes);
        // Known as soon as a packet has begun. After a length that is none MINA itself would read on for a while, by which
        // it hides nothing of the ciphers that are spoken here.
        boolean isLong = decoderState != 0 && decoderLength > LONGEST_PACKET;
        if (decoderState != 0 && discarding != null || isLong && !isAuthenticated()) {
            throw new SshException(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "bad packet length");
        }
        if (!borrow(isLong ? decoderLength : 0)) {
            throw new SshException(
                    SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS,
                    "no room for a packet of " + decoderLength + " bytes beside those of others");
        }
    }

    /**
     * Only where a message is handled, which one thread does after the other. MINA negotiates in the thread that asks for
     * new keys; were that one that sends data, the client's next message could come before there is an exchange to take it,
     * if the client has asked at the same time. A client that takes data sends messages too, so this is never far.
     */
    @Override
    protected KeyExchangeFuture checkRekey() throws Exception {
        return ThreadUtils.isInternalThread() ? super.checkRekey() : null;
    }

    /** A client that has gone, or a network: the audit tells of a command, and MINA would warn of each probe of the port. */
    @Override
    public void exceptionCaught(Throwable problem) {
        if (isOpen() && problem instanceof IOException && !(problem instanceof SshException)) {
            signalExceptionCaught(problem);
            close(true);
        } else {
            super.exceptionCaught(problem);
        }
    }

    private boolean borrow(int wanted) {
        synchronized (lending) {
            if (wanted == lent) {
                return true;
            }
            share.giveLong(lent);
            lent = 0;
            if (wanted == 0) {
                return true;
            }
            if (over || !share.takeLong(wanted)) {
                return false;
            }
            lent = wanted;
            return true;
        }
    }

    @Override
    protected void preClose() {
        synchronized (lending) {
            over = true;
            borrow(0);
        }
        super.preClose();
    }
}
