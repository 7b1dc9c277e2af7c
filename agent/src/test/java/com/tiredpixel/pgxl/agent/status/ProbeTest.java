package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes, against servers that answer as a test wants. */
class ProbeTest {
    @TempDir
    Path temporary;

    private Room room;
    private Fake server;

    @BeforeEach
    void aRoom() throws IOException {
        room = new Room(temporary.toRealPath());
    }

    @AfterEach
    void close() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void aServerThatAsksForAPasswordServes() throws IOException {
        coordinator(message('R', 0, 0, 0, 5, 1, 2, 3, 4));
        assertEquals(200, Room.status(room.get("/ready")));
    }

    @Test
    void aServerThatLetsUsInServesWhenItIsReadyForQueries() throws IOException {
        coordinator(concat(message('R', 0, 0, 0, 0), message('S', 'a', 0, 'b', 0), message('Z', 'I')));
        assertEquals(200, Room.status(room.get("/ready")));
        assertTrue(Room.body(room.get("/status")).contains("is ready for queries"));
    }

    @Test
    void aServerThatLetsUsInButGetsNoTransactionIdDoesNotServe() throws IOException {
        coordinator(concat(message('R', 0, 0, 0, 0), error("XX000", "Could not obtain a transaction ID from GTM")));
        assertNotReady("Could not obtain a transaction ID from GTM");
        assertEquals(200, Room.status(room.get("/health")), "what is broken is elsewhere");
    }

    @Test
    void startingUpRecoveryAndTooManyClientsAreToldApart() throws IOException {
        coordinator(error("57P03", "the database system is starting up"));
        assertNotReady("the database system is starting up");
        server.close();
        coordinator(error("57P03", "the database system is in recovery mode"));
        assertNotReady("the database system is in recovery mode");
        server.close();
        coordinator(error("53300", "sorry, too many clients already"));
        assertNotReady("sorry, too many clients already");
        assertEquals(200, Room.status(room.get("/health")), "full is not broken");
    }

    @Test
    void aPostmasterThatStillStartsIsNotAskedAndWhatItDoesIsReadFromItsFiles() throws IOException {
        coordinator(message('Z', 'I'));
        int pid = nextPid - 1;
        Path directory = room.home.resolve("coord");
        room.nodes = List.of(room.node("coord", Role.COORDINATOR, NodeState.STARTING, pid));
        Path pidFile = directory.resolve("postmaster.pid");
        Files.writeString(pidFile, Files.readString(pidFile).replace("ready   ", "starting"));
        assertNotReady("STARTING: starting up; for a test");
        ByteBuffer control = ByteBuffer.allocate(8192).order(ByteOrder.nativeOrder());
        Files.write(directory.resolve("global/pg_control"), control.putInt(16, 4).array());
        assertNotReady("STARTING: in crash recovery; for a test");
        Files.write(directory.resolve("global/pg_control"), control.putInt(16, 5).array());
        assertNotReady("STARTING: in archive recovery; for a test");
        assertTrue(room.pgxl(true, "status").contains("STARTING no "));
        assertEquals(0, server.connections(), "each probe would be a FATAL line in its log");
        room.nodes = List.of(room.node("coord", Role.COORDINATOR, NodeState.RUNNING, pid));
        assertEquals(200, Room.status(room.get("/ready")));
        assertEquals(1, server.connections());
    }

    /** As {@code init.sh} configures standbys: they are up long before they take a client, if they ever do. */
    @Test
    void aStandbyWithoutClientsIsReadyWhenItRunsAndSaysOtherwiseWhatItDoes() throws IOException {
        coordinator(message('Z', 'I'));
        int pid = nextPid - 1;
        Path pidFile = room.home.resolve("coord/postmaster.pid");
        Files.writeString(pidFile, Files.readString(pidFile).replace("ready   ", "standby "));
        room.nodes = List.of(room.node("coord", Role.COORDINATOR, NodeState.STARTING, pid));
        assertNotReady("coordinator coord1: STARTING: for a test");
        String shown = room.pgxl(true, "status");
        assertTrue(shown.contains("STARTING no") && shown.contains(" for a test\n"), shown);
        room.nodes = List.of(room.node("coord", Role.COORDINATOR, NodeState.BACKING_OFF, 0));
        assertNotReady("coordinator coord1: BACKING_OFF: for a test");
        room.nodes = List.of(room.node("coord", Role.COORDINATOR, NodeState.RUNNING, pid));
        assertEquals(200, Room.status(room.get("/ready")));
        assertTrue(room.get("/status").contains("follows its master and takes no clients"));
        assertEquals(0, server.connections(), "who takes no clients is not asked");
    }

    @Test
    void ofNinePointFiveIsSaidTheSameThoughItsPidFileDoesNotSayIt() throws IOException {
        coordinator(message('Z', 'I'));
        int pid = nextPid - 1;
        Path directory = room.home.resolve("coord");
        Path pidFile = directory.resolve("postmaster.pid");
        Files.writeString(pidFile, Files.readString(pidFile).replace("ready   \n", ""));
        ByteBuffer control = ByteBuffer.allocate(8192).order(ByteOrder.nativeOrder());
        Files.write(directory.resolve("global/pg_control"), control.putInt(16, 4).array());
        room.nodes = List.of(room.node("coord", Role.COORDINATOR, NodeState.STARTING, pid));
        assertNotReady("STARTING: in crash recovery; for a test");
        Files.write(directory.resolve("global/pg_control"), control.putInt(16, 6).array());
        assertNotReady("STARTING: starting up; for a test");
        room.nodes = List.of(room.node("coord", Role.COORDINATOR, NodeState.RUNNING, pid));
        assertEquals(200, Room.status(room.get("/ready")));
        assertEquals(1, server.connections(), "a master is asked");
    }

    @Test
    void aStandbyOfNinePointFiveIsAskedIfItsConfigurationLetsClientsIn() throws IOException {
        coordinator(message('Z', 'I'));
        int pid = nextPid - 1;
        Path directory = room.home.resolve("coord");
        Path pidFile = directory.resolve("postmaster.pid");
        Files.writeString(pidFile, Files.readString(pidFile).replace("ready   \n", ""));
        ByteBuffer control = ByteBuffer.allocate(8192).order(ByteOrder.nativeOrder());
        Files.write(directory.resolve("global/pg_control"), control.putInt(16, 5).array());
        room.nodes = List.of(room.node("coord", Role.COORDINATOR, NodeState.RUNNING, pid));
        assertTrue(room.get("/status").contains("follows its master and takes no clients"));
        assertEquals(0, server.connections(), "its hot_standby is off where nothing is set");
        Files.writeString(directory.resolve("postgresql.conf"), "hot_standby = on\n", java.nio.file.StandardOpenOption.APPEND);
        assertEquals(200, Room.status(room.get("/ready")));
        assertEquals(1, server.connections());
    }

    @Test
    void aServerThatDoesNotKnowUsServesOthers() throws IOException {
        coordinator(error("28000", "no pg_hba.conf entry for host"));
        assertEquals(200, Room.status(room.get("/ready")));
    }

    @Test
    void gtmGetsItsStartupMessageAtOnceAndAGoodbye() throws IOException {
        server = new Fake(concat(new byte[] {'R', 0, 0, 0, 8, 0, 0, 0, 1}));
        room.gtm("gtm", server.port());
        room.nodes = List.of(room.node("gtm", Role.GTM, NodeState.RUNNING, 4711));
        assertEquals(200, Room.status(room.get("/ready")));
        byte[] said = server.received(86);
        assertEquals('A', said[0]);
        assertEquals(80, ByteBuffer.wrap(said, 1, 4).getInt());
        assertEquals(6, said[69], "a client of the default kind, in little-endian order");
        assertEquals(0, said[73], "not a postmaster: nothing is registered");
        assertEquals("X\0\0\0\4", new String(said, 81, 5, StandardCharsets.US_ASCII));
    }

    @Test
    void manyQuestionsInOneSecondAreOneProbe() throws Exception {
        coordinator(message('Z', 'I'));
        for (int i = 0; i < 30; i++) {
            room.get("/ready");
        }
        // 30 questions take far less than the seconds in which so many probes would be allowed.
        assertTrue(server.connections() <= 3, server.connections() + " probes");
    }

    @Test
    void aServerThatDoesNotAnswerHasOneConnectionOfOursHoweverManyAsk() throws Exception {
        coordinator(new byte[0]);
        for (int i = 0; i < 3; i++) {
            String answer = room.get("/ready");
            assertEquals(503, Room.status(answer));
            assertTrue(answer.contains("no answer for "), answer);
        }
        assertEquals(1, server.connections());
        server.release(message('Z', 'I'));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (Room.status(room.get("/ready")) != 200) {
            assertTrue(System.nanoTime() < end, "it answers now");
        }
    }

    @Test
    void nobodyThereIsSaid() throws IOException {
        coordinator(message('Z', 'I'));
        server.close();
        assertNotReady("the connection failed");
        assertEquals(503, Room.status(room.get("/health")));
    }

    @Test
    void whatAServerOrAFileOfItSaysControlsNoTerminal() throws IOException {
        coordinator(error("XX000", "\u001b[31m\u009b31m\u202eevil"));
        assertNotReady("\\x1b[31m\\x9b31m\\u202eevil");
        server.close();
        Path pidFile = room.coordinator("coord", nextPid, server.port()).resolve("postmaster.pid");
        room.nodes = List.of(room.node("coord", Role.COORDINATOR, NodeState.RUNNING, nextPid));
        Files.writeString(pidFile, Files.readString(pidFile).replace("\n\n127", "\n/tmp/\u001b[31m\n127"));
        assertNotReady("/tmp/\\x1b[31m/.s.PGSQL.");
    }

    @Test
    void garbageIsNotService() throws IOException {
        coordinator("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertNotReady("not as PostgreSQL does");
    }

    private int nextPid = 100;

    private void coordinator(byte[] answer) throws IOException {
        server = new Fake(answer);
        int pid = nextPid++;
        room.coordinator("coord", pid, server.port());
        room.nodes = List.of(room.node("coord", Role.COORDINATOR, NodeState.RUNNING, pid));
    }

    private void assertNotReady(String reason) throws IOException {
        String answer = room.get("/ready");
        assertEquals(503, Room.status(answer), answer);
        assertTrue(answer.contains(reason), answer);
    }

    private static byte[] message(int type, int... content) {
        ByteBuffer message = ByteBuffer.allocate(5 + content.length).put((byte) type).putInt(4 + content.length);
        for (int one : content) {
            message.put((byte) one);
        }
        return message.array();
    }

    private static byte[] error(String state, String text) {
        String fields = "SFATAL\0C" + state + "\0M" + text + "\0\0";
        byte[] bytes = fields.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + bytes.length).put((byte) 'E').putInt(4 + bytes.length).put(bytes).array();
    }

    private static byte[] concat(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Answers every client with the same bytes, once it has said something; with none, waits for release. */
    private static final class Fake {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> clients = Collections.synchronizedList(new ArrayList<>());
        private final ByteArrayOutputStream said = new ByteArrayOutputStream();
        private final CountDownLatch released = new CountDownLatch(1);
        private volatile byte[] answer;

        Fake(byte[] answer) throws IOException {
            this.answer = answer;
            Thread thread = new Thread(this::run, "fake server");
            thread.setDaemon(true);
            thread.start();
        }

        private void run() {
            try {
                while (true) {
                    Socket client = socket.accept();
                    clients.add(client);
                    Thread thread = new Thread(() -> serve(client), "fake server's client");
                    thread.setDaemon(true);
                    thread.start();
                }
            } catch (IOException closed) {
                return;
            }
        }

        private void serve(Socket client) {
            try (client) {
                var in = new DataInputStream(client.getInputStream());
                byte[] first = new byte[1];
                in.readFully(first);
                note(first);
                if (answer.length == 0) {
                    released.await();
                }
                client.getOutputStream().write(answer);
                client.getOutputStream().flush();
                for (int next = in.read(); next >= 0; next = in.read()) {
                    note(new byte[] {(byte) next});
                }
            } catch (IOException | InterruptedException gone) {
                return;
            }
        }

        private void note(byte[] bytes) {
            synchronized (said) {
                said.writeBytes(bytes);
                said.notifyAll();
            }
        }

        byte[] received(int count) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            synchronized (said) {
                while (said.size() < count && System.nanoTime() < end) {
                    try {
                        said.wait(100);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
                return said.toByteArray();
            }
        }

        void release(byte[] bytes) {
            answer = bytes;
            released.countDown();
        }

        int port() {
            return socket.getLocalPort();
        }

        int connections() {
            return clients.size();
        }

        void close() throws IOException {
            socket.close();
        }
    }
}
