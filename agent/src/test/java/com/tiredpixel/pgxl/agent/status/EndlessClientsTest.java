package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that never stop sending, whatever they are answered. */
class EndlessClientsTest {
    @TempDir
    Path temporary;

    /** Sends as fast as the kernel takes it. */
    private static Thread sender(Socket socket, String first, String then) {
        byte[] more = then.repeat(64 * 1024 / then.length()).getBytes(StandardCharsets.US_ASCII);
        Thread thread = new Thread(() -> {
            try {
                socket.getOutputStream().write(first.getBytes(StandardCharsets.US_ASCII));
                while (true) {
                    socket.getOutputStream().write(more);
                }
            } catch (IOException over) {
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    void theyHoldUpNobodyAndTheirConnectionsEnd() throws Exception {
        Room room = new Room(temporary.toRealPath());
        List<Socket> sockets = new ArrayList<>();
        List<Thread> senders = new ArrayList<>();
        try {
            for (String first : List.of(
                    "GET /live HTTP/1.1\r\n\r\n", "POST /pgxl HTTP/1.1\r\nContent-Length: 7\r\n\r\nstatus\0",
                    "nonsense\r\n\r\n", "GET /nothing HTTP/1.1\r\n\r\n")) {
                Socket socket = room.connect();
                sockets.add(socket);
                senders.add(sender(socket, first, "GET /status HTTP/1.1\r\n\r\n"));
            }
            for (int i = 0; i < 200; i++) {
                long begun = System.nanoTime();
                assertEquals(200, Room.status(room.get("/live")));
                assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(5), "answer " + i + " took seconds");
            }
            for (Thread sender : senders) {
                sender.join(30_000);
                assertTrue(!sender.isAlive(), "the connection ends though its client goes on");
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void ofTwoRequestsInOneOnlyTheFirstIsAnswered() throws Exception {
        Room room = new Room(temporary.toRealPath());
        String answer = room.send("GET /live HTTP/1.1\r\n\r\n".repeat(50));
        assertEquals(2, answer.split("HTTP/1.1 200 OK", -1).length, answer);
    }
}
