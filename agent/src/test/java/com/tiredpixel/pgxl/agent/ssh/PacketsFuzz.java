package com.tiredpixel.pgxl.agent.ssh;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.future.DefaultCloseFuture;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.session.ServerSessionImpl;

/**
 * Packets of somebody who has not logged in, in the right frames, given to a session without a socket, as
 * {@code FuzzTest} runs it. An exception ends the connection and no more; an error, a long wait or too much memory
 * is a finding.
 */
final class PacketsFuzz {
    private static final byte[] VERSION = "SSH-2.0-fuzz\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final List<String> LISTS = List.of(
            "ssh-ed25519,rsa-sha2-512", "aes128-gcm@openssh.com", "aes128-gcm@openssh.com", "", "", "none", "none", "", "");
    private static final int MOST_PACKETS = 8;
    private static final MinaServer SERVER = server();

    private PacketsFuzz() {
    }

    private static MinaServer server() {
        Ed25519.install();
        Algorithms algorithms = Algorithms.best(
                List.of("mlkem768", "curve25519"), List.of("hmac-sha2-256-etm"), LibCrypto.load(), (level, subject, message) -> { });
        var lines = new StrangerLines((level, subject, message) -> { }, MonotonicClock.system(), (delay, task) -> { });
        var endings = new Endings(lines, new Counters());
        var server = (MinaServer) ServerBuilder.builder()
                .factory(() -> new MinaServer(handler -> null, (owner, connection) -> new BoundedSession(
                        owner,
                        connection,
                        HeapShare.bounded(),
                        Answers.bounded(),
                        endings,
                        new FailedLogins(lines, new Counters()))))
                .keyExchangeFactories(algorithms.keyExchanges())
                .signatureFactories(algorithms.signatures())
                .cipherFactories(algorithms.ciphers())
                .macFactories(algorithms.macs())
                .compressionFactories(Algorithms.compressions())
                .publickeyAuthenticator((user, key, session) -> false)
                .build();
        server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        try {
            server.setKeyPairProvider(KeyPairProvider.wrap(KeyPairGenerator.getInstance("Ed25519").generateKeyPair()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return server;
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(data.consumeInt(0, 9) == 0 ? data.consumeBytes(300) : VERSION);
        if (data.consumeInt(0, 9) > 0) {
            frame(bytes, proposal(data.pickValue(List.of("curve25519-sha256", "mlkem768x25519-sha256"))));
        }
        for (int i = data.consumeInt(0, MOST_PACKETS); i > 0; i--) {
            frame(bytes, data.consumeBytes(data.consumeInt(1, 1500)));
        }
        bytes.write(data.consumeRemainingAsBytes());
        try {
            new ServerSessionImpl(SERVER, socket()).messageReceived(new ByteArrayBuffer(bytes.toByteArray()));
        } catch (Exception endOfTheConnection) {
            return;
        }
    }

    private static byte[] proposal(String exchange) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(20);
        out.write(new byte[16]);
        out.writeInt(exchange.length());
        out.writeBytes(exchange);
        for (String list : LISTS) {
            out.writeInt(list.length());
            out.writeBytes(list);
        }
        out.write(new byte[5]);
        return bytes.toByteArray();
    }

    private static void frame(ByteArrayOutputStream bytes, byte[] payload) throws IOException {
        int padding = 4 + (8 - (5 + payload.length + 4) % 8) % 8;
        var out = new DataOutputStream(bytes);
        out.writeInt(1 + payload.length + padding);
        out.write(padding);
        out.write(payload);
        out.write(new byte[padding]);
    }

    /** A socket that takes everything. */
    private static IoSession socket() {
        Map<Object, Object> attributes = new ConcurrentHashMap<>();
        var address = new InetSocketAddress("127.0.0.1", 22);
        return (IoSession) Proxy.newProxyInstance(
                PacketsFuzz.class.getClassLoader(), new Class<?>[] {IoSession.class}, (proxy, method, arguments) ->
                        switch (method.getName()) {
                            case "getRemoteAddress", "getLocalAddress", "getAcceptanceAddress" -> address;
                            case "getAttribute" -> attributes.get(arguments[0]);
                            case "setAttribute", "setAttributeIfAbsent" -> attributes.put(arguments[0], arguments[1]);
                            case "removeAttribute" -> attributes.remove(arguments[0]);
                            case "writeBuffer" -> AbstractIoWriteFuture.fulfilled("fuzz", Boolean.TRUE);
                            case "close" -> {
                                var closed = new DefaultCloseFuture("fuzz", proxy);
                                closed.setClosed();
                                yield closed;
                            }
                            case "isOpen" -> true;
                            case "isClosed", "isClosing" -> false;
                            case "getId" -> 1L;
                            case "hashCode" -> 1;
                            case "equals" -> proxy == arguments[0];
                            case "toString" -> "fuzz";
                            default -> null;
                        });
    }
}
