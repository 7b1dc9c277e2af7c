package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.future.KeyExchangeFuture;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.server.ServerFactoryManager;

/**
 * A connection that takes no packet longer than RFC 4253, section 6.1, demands until its client has logged in, and long ones,
 * such as a command line of 100 KB, only while there is room ({@link IncomingPackets}). OpenSSH and MINA take 256 KB of
 * anybody, and MINA keeps what has come until the rest does: the half packets of some sixty strangers would fill the heap.
 *
 * <p>It ends when its client asks for answers and does not read them ({@link Answers}), or sends what it may not
 * ({@link ClientMessages}).
 */
class BoundedSession extends AuditedSession {
    /** Without the four bytes of the length itself. */
    static final int LONGEST_PACKET = 35_000;

    private final IncomingPackets incoming;
    private final Semaphore unsentOutput = new Semaphore(OutputPump.MOST_UNSENT);
    private final Answers.Account answers;
    private final ClientMessages messages = new ClientMessages();
    private HeldMessages held;

    BoundedSession(
            ServerFactoryManager server,
            IoSession connection,
            HeapShare share,
            Answers answers,
            Endings endings,
            FailedLogins failedLogins)
            throws Exception {
        super(server, connection, endings, failedLogins);
        this.incoming = new IncomingPackets(share);
        this.answers = answers.open();
    }

    /** Called by the constructor of MINA's class. */
    @Override
    protected KeyExchangeMessageHandler initializeKeyExchangeMessageHandler() {
        return new KeyExchangeQueue(this, log);
    }

    /** Before the first message: logins wait for the keys that this one reads. Without it nobody may log in by a key. */
    void readKeysBy(KeyReader reader, String user) {
        held = new HeldMessages(reader, user, this::handleHeld);
    }

    @Override
    protected void handleMessage(Buffer message) throws Exception {
        boolean direct = held == null || isAuthenticated() && held.isIdle();
        if (direct || !held.keeps(message)) {
            super.handleMessage(message);
        }
    }

    /** By a thread that has waited for the disk. No other handles a message of this connection meanwhile. */
    private void handleHeld(Buffer message, KeyReader.Reading keys) {
        if (message == null || !isOpen()) {
            return;
        }
        try {
            if (keys != null) {
                setAttribute(KeyReader.OF_SESSION, keys);
            }
            super.handleMessage(message);
        } catch (Throwable e) {
            held.end();
            exceptionCaught(e);
        } finally {
            removeAttribute(KeyReader.OF_SESSION);
        }
    }

    /** Whoever calls this reads nothing more after an exception. */
    @Override
    public void messageReceived(Readable bytes) throws Exception {
        var slices = new IncomingPackets.Slices(bytes);
        while (slices.next(decoderState == 0 ? 0 : decoderLength - decoderBuffer.available())) {
            super.messageReceived(slices);
            checkLength();
        }
    }

    private void checkLength() throws SshException {
        // Known as soon as a packet has begun. After a length that is none MINA itself would read on for a while, by which
        // it hides nothing of the ciphers that are spoken here.
        boolean isLong = decoderState != 0 && decoderLength > LONGEST_PACKET;
        if (decoderState != 0 && discarding != null || isLong && !isAuthenticated()) {
            throw new SshException(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, "bad packet length");
        }
        int coming = decoderState == 0 ? 0 : decoderLength;
        if (!incoming.fits(decoderBuffer.array().length, coming)) {
            throw new SshException(
                    SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS,
                    "no room for a packet of " + decoderLength + " bytes beside those of others");
        }
    }

    /** @return whether the client may send packets of bulk from here on */
    boolean lendForBulk() {
        return incoming.lendForBulk();
    }

    /** @return for packets of output that the socket has not taken */
    Semaphore unsentOutput() {
        return unsentOutput;
    }

    /** MINA's own sentence about it shows both lists and no way out. */
    @Override
    protected Map<KexProposalOption, String> negotiate() throws Exception {
        Optional<String> disagreement = Disagreement.between(getClientKexProposals(), getServerKexProposals());
        if (disagreement.isPresent()) {
            throw new SshException(SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED, disagreement.get());
        }
        return super.negotiate();
    }

    @Override
    protected void doHandleMessage(Buffer message) throws Exception {
        if (hasSaidGoodbye()) {
            return;
        }
        Optional<String> refusal = messages.refusal(message, isAuthenticated());
        if (refusal.isPresent()) {
            throw new Refused(refusal.get());
        }
        super.doHandleMessage(message);
    }

    @Override
    protected IoWriteFuture doWritePacket(Buffer packet) throws IOException {
        int cost = takeRoom(packet);
        IoWriteFuture future;
        try {
            future = super.doWritePacket(packet);
        } catch (IOException | RuntimeException | Error e) {
            giveRoom(cost);
            throw e;
        }
        if (cost > 0) {
            future.addListener(over -> giveRoom(cost));
        }
        return future;
    }

    /**
     * @return for {@link #giveRoom}
     * @throws IOException if the client leaves too many answers unread; the connection ends
     */
    int takeRoom(Buffer packet) throws IOException {
        int cost = Answers.cost(packet, isAuthenticated());
        if (cost > 0 && !answers.add(cost)) {
            var unread = new Unread();
            if (!ThreadUtils.isInternalThread()) {
                // Whoever writes may hold what an end needs.
                getFactoryManager().getScheduledExecutorService().execute(() -> exceptionCaught(unread));
            }
            throw unread;
        }
        return cost;
    }

    void giveRoom(int cost) {
        answers.remove(cost);
    }

    @Override
    public void setAuthenticated() throws IOException {
        super.setAuthenticated();
        answers.loggedIn();
        incoming.loggedIn();
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

    @Override
    protected void preClose() {
        if (held != null) {
            held.end();
        }
        incoming.close();
        answers.close();
        super.preClose();
    }
}
