package com.tiredpixel.pgxl.agent.ssh;

import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;

/**
 * A connection that takes no packet longer than RFC 4253, section 6.1, demands. MINA alone takes 256 KB, and keeps
 * what has come until the rest does: the half packets of some sixty strangers would fill the heap.
 */
final class BoundedSession extends ServerSessionImpl {
    /** Without the four bytes of the length itself. */
    static final int LONGEST_PACKET = 35_000;

    BoundedSession(ServerFactoryManager server, IoSession connection) throws Exception {
        super(server, connection);
    }

    /** Whoever calls this reads nothing more after an exception. */
    @Override
    public void messageReceived(Readable bytes) throws Exception {
        super.messageReceived(bytes);
        // Known as soon as a packet has begun. After a length that is none MINA itself would read on for a while, by which
        // it hides nothing of the ciphers that are spoken here.
        if (decoderState != 0 && (discarding != null || decoderLength > LONGEST_PACKET)) {
            throw new SshException(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "bad packet length");
        }
    }
}
