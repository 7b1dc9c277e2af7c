package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.sshd.common.SshConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * CVE-2023-48795: whoever sits between client and server slips a packet in before encryption begins, so that one
 * can be taken out afterwards. With strict key exchange a packet that has no business there ends the connection.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TerrapinTest {
    private static final String EXCHANGE = "curve25519-sha256";
    private static final String STRICT = ",kex-strict-c-v00@openssh.com";
    private static final List<String> OTHERS = List.of(
            "ssh-ed25519", "aes128-gcm@openssh.com", "aes128-gcm@openssh.com", "hmac-sha2-256-etm@openssh.com",
            "hmac-sha2-256-etm@openssh.com", "none", "none", "", "");

    private Stage stage;
    private AgentProcess agent;

    @BeforeAll
    void set() throws Exception {
        stage = Stage.set();
        agent = AgentProcess.open(stage);
    }

    @AfterAll
    void strike() {
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void aPacketSlippedInEndsAStrictExchange() throws IOException {
        assertEquals(SshConstants.SSH_MSG_DISCONNECT, answer(keyExchangeInit(STRICT), ignore(), share()));
    }

    @Test
    void soDoesOneBeforeTheExchangeBegins() throws IOException {
        assertEquals(SshConstants.SSH_MSG_DISCONNECT, answer(ignore(), keyExchangeInit(STRICT), share()));
    }

    @Test
    void withoutAnythingSlippedInTheStrictExchangeIsAnswered() throws IOException {
        assertEquals(SshConstants.SSH_MSG_KEXDH_REPLY, answer(keyExchangeInit(STRICT), share()));
    }

    /** Negative control: clients that do not know strict key exchange may still send such packets, RFC 4253. */
    @Test
    void aClientThatIsNotStrictMaySendSuchPackets() throws IOException {
        assertEquals(SshConstants.SSH_MSG_KEXDH_REPLY, answer(keyExchangeInit(""), ignore(), share()));
    }

    /** @return the first packet after the server's own proposal; a connection that just ends counts as told so */
    private int answer(byte[]... payloads) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), agent.port())) {
            socket.setSoTimeout(30_000);
            var in = new DataInputStream(socket.getInputStream());
            for (int c = in.read(); c != '\n'; c = in.read()) {
                assertTrue(c >= 0, "the server's version");
            }
            var out = new DataOutputStream(socket.getOutputStream());
            out.write("SSH-2.0-raw\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals(SshConstants.SSH_MSG_KEXINIT, packet(in));
            for (byte[] payload : payloads) {
                write(out, payload);
            }
            return packet(in);
        } catch (EOFException | SocketException ended) {
            return SshConstants.SSH_MSG_DISCONNECT;
        }
    }

    private static int packet(DataInputStream in) throws IOException {
        byte[] rest = new byte[in.readInt()];
        in.readFully(rest);
        return rest[1];
    }

    private static void write(DataOutputStream out, byte[] payload) throws IOException {
        int padding = 4 + (8 - (5 + payload.length + 4) % 8) % 8;
        out.writeInt(1 + payload.length + padding);
        out.write(padding);
        out.write(payload);
        out.write(new byte[padding]);
        out.flush();
    }

    private static byte[] ignore() {
        return new byte[] {SshConstants.SSH_MSG_IGNORE, 0, 0, 0, 0};
    }

    /** Any 32 bytes are a public key of X25519, but for a few. */
    private static byte[] share() throws IOException {
        byte[] share = new byte[32];
        java.util.Arrays.fill(share, (byte) 7);
        return message(SshConstants.SSH_MSG_KEXDH_INIT, share);
    }

    private static byte[] keyExchangeInit(String strict) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(SshConstants.SSH_MSG_KEXINIT);
        out.write(new byte[16]);
        out.write(string((EXCHANGE + strict).getBytes(StandardCharsets.US_ASCII)));
        for (String list : OTHERS) {
            out.write(string(list.getBytes(StandardCharsets.US_ASCII)));
        }
        out.write(new byte[5]);
        return bytes.toByteArray();
    }

    private static byte[] message(int type, byte[] string) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(type);
        bytes.write(string(string));
        return bytes.toByteArray();
    }

    private static byte[] string(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeInt(content.length);
        out.write(content);
        return bytes.toByteArray();
    }
}
