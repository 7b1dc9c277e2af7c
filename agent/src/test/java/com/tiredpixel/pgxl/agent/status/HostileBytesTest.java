package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes over a socket is understood or refused; from a seed, for a time. A failure prints its seed. */
class HostileBytesTest {
    @TempDir
    Path temporary;

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
                socket.getOutputStream().write(Mutations.mutated(new Random(seed), sample));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (SocketException reset) {
                // It was refused before all of it was sent.
            }
        }
        assertEquals(200, Room.status(room.get("/live")));
        assertTrue(room.log.stream().noneMatch(line -> line.startsWith("ERROR")), room.log::toString);
    }
}
