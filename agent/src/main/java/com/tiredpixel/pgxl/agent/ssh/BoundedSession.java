package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
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
import org.apache.sshd.server.session.ServerSessionImpl;

/**
 * A connection that takes no packet longer than RFC 4253, section 6.1, demands until its client has logged in, and long ones,
 * such as a command line of 100 KB, only while there is room ({@link IncomingPackets}). OpenSSH and MINA take 256 KB of
 * anybody, and MINA keeps what has come until the rest does: the half packets of some sixty strangers would fill the heap.
 *
 * <p>It ends when its client asks for answers and does not read them ({@link Answers}), or sends what it may not
 * ({@link ClientMessages}).
 */
class BoundedSession extends ServerSessionImpl {
    /** Without the four bytes of the length itself. */
    static final int LONGEST_PACKET = 35_000;
    /** MINA keeps it for the life of the connection. That of OpenSSH's client has some 1,700 bytes. */
    private static final int LONGEST_PROPOSAL = 4 * 1024;

    private final IncomingPackets incoming;
    private final Semaphore unsentOutput = new Semaphore(OutputPump.MOST_UNSENT);
    private final Answers.Account answers;
    private final Endings endings;
    private final FailedLogins failedLogins;
    private final ClientMessages messages = new ClientMessages();
    private final AtomicBoolean ended = new AtomicBoolean();
    private HeldMessages held;
    /** Nothing that comes after it counts. */
    private volatile boolean saidGoodbye;

    BoundedSession(
            ServerFactoryManager server,
            IoSession connection,
            HeapShare share,
            Answers answers,
            Endings endings,
            FailedLogins failedLogins)
            throws Exception {
        super(server, connection);
        this.incoming = new IncomingPackets(share);
        this.answers = answers.open();
        this.endings = endings;
        this.failedLogins = failedLogins;
        failedLogins.attach(this);
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
        if (saidGoodbye) {
            return;
        }
        if (message.available() == 0) {
            throw new Refused("a message without a number");
        }
        int number = message.array()[message.rpos()] & 0xff;
        Optional<String> refusal = messages.refusal(number, isAuthenticated());
        if (refusal.isPresent()) {
            throw new Refused(refusal.get());
        }
        if (number == SshConstants.SSH_MSG_KEXINIT && message.available() > LONGEST_PROPOSAL) {
            throw new Refused("a proposal of " + message.available() + " bytes");
        }
        if (number == SshConstants.SSH_MSG_USERAUTH_REQUEST && !isAuthenticated()) {
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
        byte number = packet.array()[packet.rpos()];
        if (isAuthenticated() && number >= SshConstants.SSH_MSG_KEXINIT && number <= SshConstants.SSH_MSG_KEX_LAST) {
            return 0; // Two or three messages: without having read them a client cannot exchange keys again.
        }
        switch (number) {
            case SshConstants.SSH_MSG_CHANNEL_DATA, SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA:
                return 0;
            default:
                int cost = packet.array().length + Answers.OVERHEAD;
                if (!answers.add(cost)) {
                    var unread = new Unread();
                    if (!ThreadUtils.isInternalThread()) {
                        // Whoever writes may hold what an end needs.
                        getFactoryManager().getScheduledExecutorService().execute(() -> exceptionCaught(unread));
                    }
                    throw unread;
                }
                return cost;
        }
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

    /** A message that a client may not send, or not now. */
    private static final class Refused extends SshException {
        private static final long serialVersionUID = 1L;

        Refused(String reason) {
            super(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, reason);
        }
    }

    /** Answers that the client does not read. */
    private static final class Unread extends IOException {
        private static final long serialVersionUID = 1L;

        Unread() {
            super("it asks for answers and does not read them");
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
