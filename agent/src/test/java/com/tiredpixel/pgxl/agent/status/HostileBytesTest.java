package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes over a socket is understood or refused; from a seed, for a time. A failure prints its seed. */
class HostileBytesTest {
    static final Peer HERE = new Peer(true, "127.0.0.1:9432", "");
    private static final long NANOS = 2_000_000_000L;

    @TempDir
    Path temporary;

    private static void forAWhile(byte[] sample, Consumer<byte[]> parser) {
        long end = System.nanoTime() + NANOS;
        for (long seed = 0; System.nanoTime() < end; seed++) {
            byte[] bytes = mutated(new Random(seed), sample);
            try {
                parser.accept(bytes);
            } catch (RuntimeException | Error failure) {
                fail("seed " + seed + ": " + new String(bytes, StandardCharsets.ISO_8859_1), failure);
            }
        }
    }

    private static byte[] mutated(Random random, byte[] sample) {
        int length = random.nextInt(4) == 0 ? random.nextInt(300) : sample.length;
        byte[] bytes = java.util.Arrays.copyOf(sample, length);
        for (int i = random.nextInt(10); i > 0 && length > 0; i--) {
            switch (random.nextInt(3)) {
                case 0 -> bytes[random.nextInt(length)] = (byte) random.nextInt(256);
                case 1 -> bytes[random.nextInt(length)] = (byte) " \r\n:/?\0%".charAt(random.nextInt(8));
                default -> {
                    if (length >= 4) {
                        ByteBuffer.wrap(bytes).putInt(random.nextInt(length - 3), random.nextInt());
                    }
                }
            }
        }
        return bytes;
    }

    @Test
    void aRequestOfAnyBytesIsParsedOrRefused() {
        byte[] sample = "POST /pgxl?x=1 HTTP/1.1\r\nContent-Length: 12\r\nPgxl-Token: 0\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII);
        forAWhile(sample, bytes -> describe(Request.parse(bytes, bytes.length, HERE), bytes.length));
    }

    static void describe(Request.Parsed parsed, int length) {
        if (parsed instanceof Request.Parsed.Head head) {
            assertTrue(head.bodyLength() >= 0 && head.bodyLength() <= Request.LONGEST_BODY);
            assertTrue(head.headLength() <= length);
            assertTrue(head.request().path().startsWith("/"));
        } else if (parsed instanceof Request.Parsed.Bad bad) {
            assertTrue(bad.status() >= 400 && bad.status() < 500);
        }
    }

    /** A server that somebody else runs in place of PostgreSQL may answer a probe with anything. */
    @Test
    void anAnswerOfAnyBytesIsAVerdictOrNone() {
        byte[] sample = concat(new byte[] {'R', 0, 0, 0, 8, 0, 0, 0, 0}, error(), new byte[] {'Z', 0, 0, 0, 5, 'I'});
        forAWhile(sample, bytes -> {
            for (Dialogue dialogue : List.of(new PostgresDialogue("postgres"), new GtmDialogue())) {
                dialogue.verdict(bytes, bytes.length).ifPresent(HostileBytesTest::describe);
            }
        });
    }

    static void describe(Verdict said) {
        assertFalse(said.words().chars().anyMatch(c -> c < ' ' && c != '\t'), said.words());
    }

    @Test
    void wordsOfAnyKindAreAnsweredAndObeyNobody() throws IOException {
        Room room = new Room(temporary.toRealPath());
        room.gtm("gtm", 1);
        room.nodes = List.of(room.node("gtm", Role.GTM, NodeState.STOPPED, 0));
        List<String> pieces = List.of(
                "status", "stop", "start", "explain", "--json", "--mode", "--mode=", "fast", "gtm", "../..", "/", "",
                "\n", "$(id)", "%s", "log-level", "debug", "health", "ready", "x".repeat(2000), "\u202e", "__complete");
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            String[] words = new String[random.nextInt(5)];
            for (int i = 0; i < words.length; i++) {
                words[i] = pieces.get(random.nextInt(pieces.size()));
            }
            String reply = room.pgxl(false, words);
            assertTrue(reply.matches("(?s)(0|1|64|66|77) .*"), () -> List.of(words) + " was answered " + reply);
            assertFalse(reply.contains("\u202e"), reply);
        }
        assertEquals(List.of(), room.orders);
    }

    @Test
    void connectionsThatSendNoiseLeaveTheServerAsItWas() throws IOException {
        Room room = new Room(temporary.toRealPath());
        byte[] sample = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        for (long seed = 0; seed < 400; seed++) {
            try (Socket socket = room.connect()) {
                socket.getOutputStream().write(mutated(new Random(seed), sample));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (SocketException reset) {
                // It was refused before all of it was sent.
            }
        }
        assertEquals(200, Room.status(room.get("/live")));
        assertTrue(room.log.stream().noneMatch(line -> line.startsWith("ERROR")), room.log::toString);
    }

    private static byte[] error() {
        byte[] fields = "SFATAL\0C57P03\0Mthe database system is starting up\0\0".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(5 + fields.length).put((byte) 'E').putInt(4 + fields.length).put(fields).array();
    }

    private static byte[] concat(byte[]... parts) {
        var all = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
