package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler.Result;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;

/**
 * A session channel that answers as OpenSSH's {@code session.c} does: exit status when the command ends, end
 * of file when the last writer has closed the pipe, and only then the end of the channel.
 */
final class SessionChannel extends ChannelSession {
    /** {@code MaxSessions} of OpenSSH: channels of one connection. */
    private static final int MOST_CHANNELS = 10;
    private static final AttributeKey<AtomicInteger> CHANNELS = new AttributeKey<>();

    private final ClientVariables variables = new ClientVariables();
    private final Counters counters;
    private final HeapShare share;
    private final InputWindow window;
    private boolean lent;
    private TerminalRequest terminal;
    private Audit audit = Audit.NONE;
    private ExitStatus reported;
    private AtomicInteger countedIn;
    private final Object ending = new Object();
    private boolean closes;

    SessionChannel(Counters counters, HeapShare share, MonotonicClock clock) {
        this.counters = counters;
        this.share = share;
        this.window = new InputWindow(this, share, clock, this::sendWindowAdjust);
    }

    @Override
    public InputWindow getLocalWindow() {
        return window;
    }

    @Override
    protected void configureWindow() {
        window.begin(getSession() instanceof BoundedSession session && session.lendForBulk(), this);
    }

    /** MINA's own limit ends the whole connection; one channel too many is refused, and the others go on. */
    @Override
    public OpenFuture open(long recipient, long windowSize, long packetSize, Buffer buffer) {
        AtomicInteger channels = getSession().computeAttributeIfAbsent(CHANNELS, key -> new AtomicInteger());
        int number = channels.incrementAndGet();
        if (number > MOST_CHANNELS || number > 1 && !borrow()) {
            channels.decrementAndGet();
            var refused = new DefaultOpenFuture(this, this);
            refused.setException(new SshChannelOpenException(
                    getChannelId(), SshConstants.SSH_OPEN_CONNECT_FAILED, "open failed"));
            close(true);
            return refused;
        }
        countedIn = channels;
        return super.open(recipient, windowSize, packetSize, buffer);
    }

    private boolean borrow() {
        lent = share.take(HeapShare.Part.CHANNELS, 1);
        return lent;
    }

    /** @return for packets of output that the socket has not taken, of all channels of this connection */
    Semaphore unsentOutput() {
        return ((BoundedSession) getSession()).unsentOutput();
    }

    ClientVariables variables() {
        return variables;
    }

    Optional<TerminalRequest> terminal() {
        return Optional.ofNullable(terminal);
    }

    Grant grant() {
        return getSession().getAttribute(Grant.OF_SESSION);
    }

    /** From here on the channel tells when its command has ended, or its client is gone. */
    void audit(Audit newAudit) {
        audit = newAudit;
    }

    @Override
    protected Result handleEnvParsed(String name, String value) {
        return variables.set(name, value) ? Result.ReplySuccess : Result.ReplyFailure;
    }

    @Override
    protected Result handlePtyReq(Buffer buffer, boolean wantReply) {
        if (terminal != null || commandInstance != null || !grant().options().terminal()) {
            return Result.ReplyFailure;
        }
        terminal = TerminalRequest.read(buffer);
        return Result.ReplySuccess;
    }

    @Override
    protected Result handleWindowChange(Buffer buffer, boolean wantReply) {
        if (terminal == null) {
            return Result.ReplyFailure;
        }
        terminal = terminal.resized(buffer);
        if (commandInstance instanceof ProcessCommand process) {
            process.resize(terminal);
        }
        return Result.ReplySuccess;
    }

    @Override
    protected Result handleSignal(Buffer buffer, boolean wantReply) {
        String name = buffer.getString();
        return commandInstance instanceof ProcessCommand process && process.signal(name)
                ? Result.ReplySuccess
                : Result.ReplyFailure;
    }

    @Override
    protected Result handleBreak(Buffer buffer, boolean wantReply) {
        return Result.ReplyFailure;
    }

    @Override
    protected Result handleAgentForwarding(String request, Buffer buffer, boolean wantReply) {
        return Result.ReplyFailure;
    }

    @Override
    protected Result handleX11Forwarding(String request, Buffer buffer, boolean wantReply) {
        return Result.ReplyFailure;
    }

    @Override
    protected Result handleInternalRequest(String request, boolean wantReply, Buffer buffer) throws IOException {
        if (request.equals("eow@openssh.com")) {
            // The client's own standard output is closed: `ssh host yes | head -1` ends by this.
            if (commandInstance instanceof ProcessCommand process) {
                process.outputUnwanted();
            }
            return Result.ReplySuccess;
        }
        return super.handleInternalRequest(request, wantReply, buffer);
    }

    /**
     * What comes before a command is dropped, as by OpenSSH. MINA would keep it: a window's worth for each channel, of
     * which there may be ten on every connection.
     */
    @Override
    protected void doWriteData(byte[] data, int offset, long length) throws IOException {
        if (receiver == null) {
            getLocalWindow().release(length);
            return;
        }
        counters.received(length);
        audit.received(length);
        super.doWriteData(data, offset, length);
    }

    @Override
    public IoWriteFuture writePacket(Buffer buffer) throws IOException {
        int header = switch (buffer.array()[buffer.rpos()]) {
            case SshConstants.SSH_MSG_CHANNEL_DATA -> 9;
            case SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA -> 13;
            default -> buffer.available();
        };
        counters.sent(buffer.available() - header);
        audit.sent(buffer.available() - header);
        return super.writePacket(buffer);
    }

    /** Reports how the command ended, at once; output may follow. */
    void sendStatus(ExitStatus status) throws IOException {
        reported = status;
        if (status instanceof ExitStatus.Exited exited) {
            sendExitStatus(exited.code());
        } else if (status instanceof ExitStatus.Signaled signaled) {
            sendExitSignal(signaled);
        }
        // Unknown: a client that hears nothing exits with 255, which is not a success either.
    }

    private void sendExitSignal(ExitStatus.Signaled signaled) throws IOException {
        Buffer buffer = request("exit-signal");
        buffer.putString(SignalNames.name(signaled.signal()));
        buffer.putBoolean(signaled.coreDumped());
        buffer.putString("");
        buffer.putString("");
        writePacket(buffer);
    }

    /**
     * Tells an OpenSSH client that nobody reads its standard input any more. Nothing may follow the message that closes the
     * channel: the client prints "unknown channel" then.
     */
    void sendInputUnwanted() throws IOException {
        String client = getSession().getClientVersion();
        if (client == null || !client.contains("OpenSSH")) {
            return;
        }
        synchronized (ending) {
            if (!closes) {
                writePacket(request("eow@openssh.com"));
            }
        }
    }

    @Override
    protected void preClose() {
        synchronized (ending) {
            closes = true;
        }
        super.preClose();
    }

    private Buffer request(String name) {
        Buffer buffer = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 128);
        buffer.putUInt(getRecipient());
        buffer.putString(name);
        buffer.putBoolean(false);
        return buffer;
    }

    /** All is said: ends the channel. */
    void finish() throws IOException {
        audit.ended(reported);
        if (!isClosing()) {
            sendEof();
        }
        commandExitFuture.setClosed();
        close(false);
    }

    /** For when something cannot be told any more: the client sees a broken connection, and never a success. */
    void breakConnection() {
        getSession().close(true);
    }

    /** Ends a channel whose command never ran. */
    void refuse(String reason) throws IOException {
        byte[] text = ("pgxl-agent: " + reason + "\r\n").getBytes(StandardCharsets.UTF_8);
        if (getRemoteWindow().getSize() >= text.length) {
            getRemoteWindow().consume(text.length);
            Buffer buffer = getSession().createBuffer(
                    SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA, text.length + 16);
            buffer.putUInt(getRecipient());
            buffer.putUInt(SshConstants.SSH_EXTENDED_DATA_STDERR);
            buffer.putBytes(text);
            writePacket(buffer);
        }
        sendStatus(new ExitStatus.Exited(255));
        finish();
    }

    /** How MINA's own commands, for file transfer, report their end. */
    @Override
    protected void closeShell(int exitValue, boolean immediately) throws IOException {
        reported = new ExitStatus.Exited(exitValue & 0xff);
        audit.ended(reported);
        super.closeShell(exitValue & 0xff, immediately);
    }

    @Override
    protected void closeImmediately0() {
        super.closeImmediately0();
        audit.clientGone();
        if (countedIn != null) {
            countedIn.decrementAndGet();
            countedIn = null;
            if (lent) {
                share.give(HeapShare.Part.CHANNELS, 1);
                lent = false;
            }
        }
    }
}
