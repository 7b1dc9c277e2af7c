package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.Eventually;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients of the status port ask for and never read does not fill the heap of PID 1, in which the supervisor lives. */
class HttpHeapTest {
    private static final int NODES = 120;

    @TempDir
    Path temporary;

    private Process agent;
    private Path output;
    private int port;

    /** With many nodes, in the heap that the launcher gives the agent. */
    static final class Main {
        private Main() {
        }

        public static void main(String[] arguments) throws Exception {
            Room room = new Room(Path.of(arguments[0]));
            var nodes = new ArrayList<NodeReport>();
            for (int i = 0; i < NODES; i++) {
                room.gtm("gtm" + i, 1);
                nodes.add(room.node("gtm" + i, Role.GTM, NodeState.STOPPED, 0));
            }
            room.nodes = nodes;
            System.out.println("port " + room.port());
            System.in.read();
            room.log.forEach(System.out::println);
        }
    }

    @BeforeEach
    void start() throws Exception {
        output = temporary.resolve("output");
        Path home = Files.createDirectory(temporary.toRealPath().resolve("home"));
        agent = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:+UseSerialGC", "-Xms4m",
                "-Xmn1500k", "-Xmx24m", "-Xss256k", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(), home.toString())
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        Eventually.holds("it listens", () -> {
            assertTrue(agent.isAlive(), Files.readString(output));
            return Files.readString(output).contains("port ");
        });
        port = Integer.parseInt(Files.readString(output).replaceAll("(?s).*port (\\d+)\n.*", "$1"));
    }

    @AfterEach
    void end() throws Exception {
        agent.destroyForcibly().waitFor();
    }

    private Socket ask(String from, String request) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private String live() throws IOException {
        try (Socket socket = ask("127.0.0.1", "GET /live HTTP/1.0\r\n\r\n")) {
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
        }
    }

    private void assertUnmoved() throws Exception {
        assertEquals("HTTP/1.1 200 OK", live());
        agent.getOutputStream().close();
        assertTrue(agent.waitFor(60, TimeUnit.SECONDS), "it ends");
        List<String> lack = Files.readAllLines(output).stream()
                .filter(line -> line.contains("OutOfMemory") || line.contains("failed serving")).toList();
        assertEquals(List.of(), lack);
        assertEquals(0, agent.exitValue());
    }

    /** @return bytes that the kernel keeps for clients of the port, or for those who are gone */
    private long unreadInTheKernel() throws IOException {
        String local = String.format(":%04X", port);
        long bytes = 0;
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+");
                if (fields[1].endsWith(local)) {
                    bytes += Long.parseLong(fields[4].split(":")[0], 16);
                }
            }
        }
        return bytes;
    }

    @Test
    void clientsWhoAskForALongPageAndNeverReadAreOutlivedAndForgotten() throws Exception {
        String page;
        try (Socket socket = ask("127.0.0.1", "GET /metrics HTTP/1.0\r\n\r\n")) {
            page = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
        assertTrue(page.length() > 250_000, page.length() + " bytes, 250 times more than the heap");
        var silent = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 250; i++) {
                silent.add(ask("127.0.0.1", "GET /metrics HTTP/1.0\r\n\r\n"));
                if (i % 25 == 0) {
                    assertEquals("HTTP/1.1 200 OK", live(), "after " + i);
                }
            }
            var most = new AtomicLong();
            Eventually.holds("no byte is kept for those who do not read", () -> {
                long unread = unreadInTheKernel();
                most.accumulateAndGet(unread, Math::max);
                return unread == 0;
            });
            assertTrue(most.get() < 16 * 1024 * 1024, most + " bytes in the kernel");
            assertUnmoved();
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void clientsWhoAlmostSendARequestOfTheLongestKindAreOutlived() throws Exception {
        String almost = "POST /pgxl HTTP/1.0\r\nContent-Length: 32768\r\n\r\n" + "x".repeat(32_767);
        var half = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 400; i++) {
                half.add(ask("127.0.0.1", almost));
            }
            assertUnmoved();
        } finally {
            for (Socket socket : half) {
                socket.close();
            }
        }
    }
}
