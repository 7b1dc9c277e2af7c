package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packets in the right frame with the wrong content, before anybody has logged in; from a seed, for a time. */
class SshPacketsTest extends StagedTest {
    private static final long NANOS = 10_000_000_000L;
    private static final List<String> EXCHANGES = List.of(
            "curve25519-sha256", "mlkem768x25519-sha256", "sntrup761x25519-sha512", "diffie-hellman-group16-sha512");
    private static final List<String> LISTS = List.of(
            "ssh-ed25519", "aes128-gcm@openssh.com", "aes128-gcm@openssh.com",
            "hmac-sha2-256-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "none", "none", "", "");
    /** The length of the client's message in each exchange. */
    private static final List<Integer> SHARES = List.of(32, 1184 + 32, 1158 + 32, 512);

    @Test
    void noPacketOfAStrangerHarmsTheServerOrOthers() throws Exception {
        var agent = AgentProcess.open(stage);
        agent.await("an RSA key", line -> line.contains("ssh_host_rsa_key"));
        assertEquals("in\n", Peer.of(stage, agent).run("echo in").out());
        long threads = threads(agent);
        long end = System.nanoTime() + NANOS;
        long seed = 0;
        while (System.nanoTime() < end) {
            for (int i = 0; i < 20; i++) {
                attack(agent, new Random(seed++));
            }
            String last = "after seed " + seed;
            assertEquals("in\n", Peer.of(stage, agent).run("echo in").out(), last);
        }
        assertTrue(seed >= 40, seed + " attacks");
        List<String> log = agent.log();
        assertFalse(log.stream().anyMatch(line -> line.contains("OutOfMemory")), log::toString);
        List<String> shown = log.stream().filter(line -> line.matches("log (WARN|ERROR) .*")).toList();
        assertTrue(shown.size() <= 30, () -> shown.size() + " lines: " + shown);
        assertTrue(threads(agent) <= threads + 20, () -> "threads grew from " + threads);
    }

    private static long threads(AgentProcess agent) throws IOException {
        int mark = agent.mark();
        agent.command("threads");
        try (Stream<String> lines = agent.log().stream().skip(mark)) {
            return lines.count();
        }
    }

    private static void attack(AgentProcess agent, Random random) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), agent.port())) {
            socket.setSoTimeout(200);
            var out = new DataOutputStream(socket.getOutputStream());
            out.write("SSH-2.0-fuzz\r\n".getBytes(StandardCharsets.US_ASCII));
            if (random.nextInt(4) > 0) {
                int exchange = random.nextInt(EXCHANGES.size());
                packet(out, keyExchangeInit(EXCHANGES.get(exchange), random), random);
                if (random.nextBoolean()) {
                    packet(out, share(SHARES.get(exchange), random), random);
                }
            }
            for (int i = random.nextInt(6); i > 0; i--) {
                byte[] payload = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 30_000 : 200)];
                random.nextBytes(payload);
                // Mostly of the transport and the key exchange, at times of what needs a login.
                payload[0] = (byte) (random.nextInt(3) == 0 ? random.nextInt(100) : 30 + random.nextInt(4));
                packet(out, payload, random);
            }
            out.flush();
            if (random.nextBoolean()) {
                socket.getInputStream().read(new byte[4096]);
            }
        } catch (IOException hungUp) {
            // The server has, and rightly so.
        }
    }

    /** A message of the right form with the wrong bytes: what reads it are the algorithms themselves. */
    private static byte[] share(int length, Random random) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        byte[] share = new byte[random.nextInt(8) == 0 ? length + random.nextInt(3) - 1 : length];
        random.nextBytes(share);
        out.write(30);
        out.writeInt(share.length);
        out.write(share);
        return bytes.toByteArray();
    }

    private static byte[] keyExchangeInit(String exchange, Random random) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(20);
        byte[] cookie = new byte[16];
        random.nextBytes(cookie);
        out.write(cookie);
        var lists = new ArrayList<>(List.of(exchange + ",kex-strict-c-v00@openssh.com"));
        lists.addAll(LISTS);
        for (String list : lists) {
            byte[] text = list.getBytes(StandardCharsets.US_ASCII);
            boolean spoilt = random.nextInt(12) == 0;
            out.writeInt(spoilt && random.nextBoolean() ? random.nextInt() : text.length);
            if (spoilt && text.length > 0) {
                text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            }
            out.write(text);
        }
        out.writeBoolean(random.nextInt(5) == 0);
        out.writeInt(0);
        return bytes.toByteArray();
    }

    /** RFC 4253, section 6: length, padding, payload; at times with a length that is a lie. */
    private static void packet(DataOutputStream out, byte[] payload, Random random) throws IOException {
        int padding = 4 + (8 - (5 + payload.length + 4) % 8) % 8;
        int length = 1 + payload.length + padding;
        out.writeInt(switch (random.nextInt(20)) {
            case 0 -> random.nextInt();
            case 1 -> length + random.nextInt(64) - 32;
            default -> length;
        });
        out.write(random.nextInt(20) == 0 ? random.nextInt(256) : padding);
        out.write(payload);
        out.write(new byte[padding]);
    }
}
