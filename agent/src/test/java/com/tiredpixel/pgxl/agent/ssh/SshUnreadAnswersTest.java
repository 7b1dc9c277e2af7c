package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that nobody reads never fill the heap, in which others' sessions live too. */
class SshUnreadAnswersTest {
    /** Five times what filled a heap of 24 MB, and more than the kernel takes for a server that does not. */
    private static final int PACKETS = 1_000_000;
    private static final long NANOS = 30_000_000_000L;

    private Stage stage;

    @BeforeEach
    void set() throws Exception {
        stage = Stage.set();
    }

    @AfterEach
    void strike() {
        if (stage != null) {
            stage.close();
        }
    }

    /** No key, no cryptography: each packet of a type that nobody knows has its answer, half as long again. */
    @Test
    void aStrangerWhoNeverReadsTheAnswersToHisPacketsIsCutOff() throws Exception {
        var agent = AgentProcess.open(stage);
        var strangers = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 3; i++) {
                var socket = new Socket(InetAddress.getLoopbackAddress(), agent.port());
                strangers.add(socket);
                socket.getOutputStream().write("SSH-2.0-stranger\r\n".getBytes(StandardCharsets.US_ASCII));
                int sent = flood(socket, unknown());
                assertTrue(sent < PACKETS, sent + " packets");
                assertEquals("in\n", Peer.of(stage, agent).run("echo in").out());
            }
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
        assertEquals(3, agent.counter("connectionsEnded"));
        assertEquals(3, agent.log().stream().filter(line -> line.contains("ended the connection from")).count());
        assertNoLackOfHeap(agent);
    }

    private static byte[] unknown() {
        byte[] packet = ByteBuffer.allocate(16).putInt(12).put((byte) 10).put((byte) 200).array();
        byte[] many = new byte[100 * packet.length];
        for (int i = 0; i < many.length; i += packet.length) {
            System.arraycopy(packet, 0, many, i, packet.length);
        }
        return many;
    }

    /** @return packets that the server took before it had enough */
    private static int flood(Socket socket, byte[] hundredPackets) {
        long end = System.nanoTime() + NANOS;
        int sent = 0;
        try {
            while (sent < PACKETS && System.nanoTime() < end) {
                socket.getOutputStream().write(hundredPackets);
                sent += 100;
            }
        } catch (IOException e) {
            return sent;
        }
        return PACKETS;
    }

    private static void assertNoLackOfHeap(AgentProcess agent) {
        List<String> lack = agent.log().stream()
                .filter(line -> line.contains("heap") || line.contains("OutOfMemory")).toList();
        assertEquals(List.of(), lack);
    }
}
