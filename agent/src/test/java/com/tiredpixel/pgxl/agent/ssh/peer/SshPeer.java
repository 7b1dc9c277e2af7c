package com.tiredpixel.pgxl.agent.ssh.peer;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One connection. Each step of the protocol is a method of its own, and none is checked. */
public final class SshPeer implements AutoCloseable {
    private static final int PATIENCE = 30_000;
    /** So that what is not read waits at the other side, and not in the kernel of this one. */
    private static final int SMALL = 4 * 1024;
    private static final int LONGEST_IDENTIFICATION = 255;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Frames incoming = new Frames();
    private final Frames outgoing = new Frames();
    private final String identification = "SSH-2.0-peer";
    private String theirs;
    private byte[] theirProposal;
    private KeyExchange exchange;
    private byte[] sessionId;
    private int nextChannel;
    private volatile boolean expired;

    private SshPeer(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), SMALL);
        this.out = socket.getOutputStream();
    }

    /** @param from an own address, or null for any */
    public static SshPeer connect(InetAddress from, InetSocketAddress to) throws IOException {
        var socket = new Socket();
        try {
            socket.setReceiveBufferSize(SMALL);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE);
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(to, PATIENCE);
            return new SshPeer(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** After so long this side closes, also in the middle of a write that the other side does not take. */
    public void live(Duration longest) {
        CompletableFuture.delayedExecutor(longest.toMillis(), TimeUnit.MILLISECONDS).execute(() -> {
            expired = !socket.isClosed();
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed, then.
            }
        });
    }

    /** @return whether it was {@link #live} that closed */
    public boolean isExpired() {
        return expired;
    }

    /** Says nothing and reads nothing for a while. */
    void pause(int millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        if (socket.isClosed()) {
            throw new EOFException("closed by this side");
        }
    }

    /** @param millis how long a read waits */
    public void patience(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    public void raw(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** @return a payload in its packet, encrypted if it is time; it has to be the next that is sent */
    public byte[] packed(byte[] payload) throws GeneralSecurityException {
        return outgoing.pack(payload);
    }

    public void send(byte[] payload) throws IOException, GeneralSecurityException {
        out.write(packed(payload));
    }

    public byte[] receive() throws IOException, GeneralSecurityException {
        return incoming.unpack(in);
    }

    /** Reads a little of whatever there is, if there is something. */
    void sip() throws IOException {
        if (in.available() > 0) {
            in.read(new byte[Math.min(in.available(), 100)]);
        }
    }

    /** @return a proposal as another key exchange would begin with */
    byte[] newProposal() throws GeneralSecurityException {
        return new KeyExchange(false).proposal();
    }

    /** Reads until a message of one of these numbers. */
    public byte[] await(Integer... numbers) throws IOException, GeneralSecurityException {
        while (true) {
            byte[] message = receive();
            if (List.of(numbers).contains(message[0] & 0xff)) {
                return message;
            }
            if (message[0] == Message.DISCONNECT) {
                throw new EOFException("disconnected: " + new String(message, 9, message.length - 13, StandardCharsets.UTF_8));
            }
        }
    }

    /** @return whether the server has ended the connection; reads whatever comes before */
    public boolean isEnded() throws GeneralSecurityException {
        try {
            byte[] sink = new byte[SMALL];
            while (in.read(sink) >= 0) {
                // What it said before.
            }
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    public void identify() throws IOException {
        raw((identification + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    public void readIdentification() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.length() > LONGEST_IDENTIFICATION) {
                throw new EOFException("no identification, but " + line);
            }
            line.append((char) c);
        }
        theirs = line.toString().strip();
    }

    public void propose(boolean strict) throws IOException, GeneralSecurityException {
        exchange = new KeyExchange(strict && sessionId == null);
        send(exchange.proposal());
    }

    public void readProposal() throws IOException, GeneralSecurityException {
        theirProposal = await(Message.KEXINIT);
    }

    public void share() throws IOException, GeneralSecurityException {
        send(exchange.share());
    }

    public void readReply() throws IOException, GeneralSecurityException {
        exchange.finish(identification, theirs, theirProposal, await(Message.KEX_REPLY));
        if (sessionId == null) {
            sessionId = exchange.hash();
        }
    }

    public void newKeys() throws IOException, GeneralSecurityException {
        send(new byte[] {Message.NEWKEYS});
        outgoing.use(exchange.key('C', 16, sessionId), exchange.key('A', 12, sessionId));
    }

    public void readNewKeys() throws IOException, GeneralSecurityException {
        await(Message.NEWKEYS);
        incoming.use(exchange.key('D', 16, sessionId), exchange.key('B', 12, sessionId));
    }

    public void exchangeKeys(boolean strict) throws IOException, GeneralSecurityException {
        propose(strict);
        readProposal();
        share();
        readReply();
        readNewKeys();
        newKeys();
    }

    public void greet(boolean strict) throws IOException, GeneralSecurityException {
        identify();
        readIdentification();
        exchangeKeys(strict);
    }

    public static byte[] service() {
        return Message.of(Message.SERVICE_REQUEST).string("ssh-userauth").bytes();
    }

    public void askForService() throws IOException, GeneralSecurityException {
        send(service());
        await(Message.SERVICE_ACCEPT);
    }

    public static byte[] none(String user) {
        return Message.of(Message.USERAUTH_REQUEST).string(user).string("ssh-connection").string("none").bytes();
    }

    /** Asks whether a key would do. */
    public static byte[] query(String user, Identity key) {
        return claim(user, key, false).bytes();
    }

    private static Message claim(String user, Identity key, boolean signed) {
        return Message.of(Message.USERAUTH_REQUEST).string(user).string("ssh-connection").string("publickey")
                .flag(signed).string(Identity.TYPE).string(key.blob());
    }

    public byte[] signed(String user, Identity key) throws GeneralSecurityException {
        byte[] claim = claim(user, key, true).bytes();
        byte[] signature = key.sign(Message.empty().string(sessionId).raw(claim).bytes());
        return Message.empty().raw(claim).string(signature).bytes();
    }

    /** Says to own a key, without being able to show it. */
    public static byte[] forged(String user, Identity key) {
        byte[] signature = Message.empty().string(Identity.TYPE).string(new byte[64]).bytes();
        return claim(user, key, true).string(signature).bytes();
    }

    public void login(String user, Identity key) throws IOException, GeneralSecurityException {
        askForService();
        send(signed(user, key));
        byte[] answer = await(Message.USERAUTH_SUCCESS, Message.USERAUTH_FAILURE);
        if (answer[0] != Message.USERAUTH_SUCCESS) {
            throw new IOException("the login failed");
        }
    }

    /** @return the other side's number of a new session channel */
    public int openChannel(long window) throws IOException, GeneralSecurityException {
        return openWithWindow(window).number();
    }

    /** @return the other side's confirmation of a new session channel: number, window and longest packet */
    public Channel openWithWindow(long window) throws IOException, GeneralSecurityException {
        send(open("session", nextChannel++, window));
        byte[] answer = await(Message.CHANNEL_OPEN_CONFIRMATION, Message.CHANNEL_OPEN_FAILURE);
        if (answer[0] != Message.CHANNEL_OPEN_CONFIRMATION) {
            throw new IOException("no channel");
        }
        ByteBuffer confirmed = ByteBuffer.wrap(answer);
        return new Channel(confirmed.getInt(5), confirmed.getInt(9), confirmed.getInt(13));
    }

    /**
     * As the other side has it.
     *
     * @param window how much may be sent
     * @param packet how much of it at once
     */
    public record Channel(int number, int window, int packet) {
    }

    public static byte[] open(String type, int number, long window) {
        return Message.of(Message.CHANNEL_OPEN).string(type).number(number).number(window).number(32 * 1024).bytes();
    }

    public static byte[] request(int channel, String name, boolean wantsReply, byte[] rest) {
        return Message.of(Message.CHANNEL_REQUEST).number(channel).string(name).flag(wantsReply).raw(rest).bytes();
    }

    public static byte[] global(String name, boolean wantsReply) {
        return Message.of(Message.GLOBAL_REQUEST).string(name).flag(wantsReply).bytes();
    }

    public static byte[] exec(int channel, String command, boolean wantsReply) {
        return request(channel, "exec", wantsReply, Message.empty().string(command).bytes());
    }

    public static byte[] data(int channel, byte[] content) {
        return Message.of(Message.CHANNEL_DATA).number(channel).string(content).bytes();
    }

    /** As a crash does: by a reset. */
    public void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
