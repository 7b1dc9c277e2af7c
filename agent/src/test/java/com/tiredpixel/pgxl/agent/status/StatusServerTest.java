package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import com.tiredpixel.pgxl.agent.supervisor.Overview;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The room from outside: HTTP as machines speak it, the words of pgxl, and those who mean no good. */
class StatusServerTest {
    @TempDir
    Path temporary;

    private Room room;

    @BeforeEach
    void aRoom() throws IOException {
        room = new Room(temporary.toRealPath());
    }

    @Test
    void anEmptyContainerIsReadyAndSaysThatItWaits() throws IOException {
        for (String path : List.of("/live", "/ready", "/health", "/startup")) {
            assertEquals(200, Room.status(room.get(path)), path);
        }
        assertTrue(room.get("/ready").contains("waiting"));
    }

    @Test
    void aNodeThatIsHeldOrStoppedIsNotReadyButNothingIsBroken() throws IOException {
        for (NodeState state : List.of(NodeState.HELD, NodeState.STOPPED)) {
            room.gtm("gtm", 1);
            room.nodes = List.of(room.node("gtm", Role.GTM, state, 0));
            assertEquals(503, Room.status(room.get("/ready")));
            assertTrue(Room.body(room.get("/ready")).contains(state + ": for a test"));
            assertEquals(200, Room.status(room.get("/health")));
        }
    }

    @Test
    void thePortOfAGtmIsThatOfItsCommandLineIfItHasOne() throws IOException {
        Path directory = room.gtm("gtm", 1);
        Files.writeString(directory.resolve("gtm.opts"), " \"-D\" \"" + directory + "\" \"-p\" \"7777\"\n");
        room.nodes = List.of(room.node("gtm", Role.GTM, NodeState.STOPPED, 0));
        String json = room.pgxl(false, "status", "--json").replace(" ", "");
        assertTrue(json.contains("\"port\":7777"), json);
    }

    @Test
    void aNodeThatCrashedIsUnhealthy() throws IOException {
        room.gtm("gtm", 1);
        room.nodes = List.of(room.node("gtm", Role.GTM, NodeState.BACKING_OFF, 0));
        assertEquals(503, Room.status(room.get("/health")));
        assertEquals(503, Room.status(room.get("/startup")));
        assertEquals(200, Room.status(room.get("/live")), "no state of a database is a reason to end the agent");
    }

    @Test
    void anAgentWhoseSupervisorHangsIsNotLive() throws IOException {
        room.supervisorTurnedAgo = Duration.ofSeconds(40);
        assertEquals(503, Room.status(room.get("/live")));
        assertTrue(room.get("/live").contains("has not turned for 40 s"));
        assertTrue(room.pgxl(false, "health", "live").startsWith("1 "));
    }

    @Test
    void anAgentWhoseThreadOfSshHangsIsNotLive() throws IOException {
        room.sshTurnedAgo = Duration.ofSeconds(29);
        assertEquals(200, Room.status(room.get("/live")));
        room.sshTurnedAgo = Duration.ofSeconds(30);
        assertEquals(503, Room.status(room.get("/live")));
        assertEquals("1 the thread of SSH has not turned for 30 s\n", room.pgxl(true, "health", "live"));
    }

    @Test
    void aContainerThatStopsIsNotReady() throws IOException {
        room.phase = Overview.Phase.STOPPING;
        assertEquals(503, Room.status(room.get("/ready")));
        assertTrue(room.get("/ready").contains("the container stops"));
    }

    @Test
    void onlyWhoHasTheTokenMaySteer() throws IOException {
        room.gtm("gtm", 1);
        room.nodes = List.of(room.node("gtm", Role.GTM, NodeState.STOPPED, 0));
        for (String verb : List.of("start", "stop", "restart", "hold", "release")) {
            assertTrue(room.pgxl(false, verb, "gtm").startsWith("77 "), verb);
        }
        assertTrue(room.pgxl(false, "explain", "/root").startsWith("77 "), "it would tell which directories there are");
        assertTrue(room.pgxl(false, "reload").startsWith("77 "));
        assertTrue(room.pgxl(false, "log-level", "debug").startsWith("77 "));
        assertEquals(List.of(), room.orders);
        assertEquals("0 gtm: is as ordered\n", room.pgxl(true, "stop", "gtm"));
        assertEquals(1, room.orders.size());
        Path token = room.home.resolve(".pgxl/control-token");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(token)));
    }

    @Test
    void aProofIsGoodForItsWordsItsConnectionAndItsTokenOnly() throws IOException {
        room.gtm("gtm", 1);
        room.nodes = List.of(room.node("gtm", Role.GTM, NodeState.STOPPED, 0));
        byte[] words = "stop\0gtm\0".getBytes(StandardCharsets.US_ASCII);
        byte[] wrong = room.token();
        wrong[31] ^= 1;
        assertEquals(403, ordered(room.connect(), wrong, words, "stop\0gtm\0"), "another token");
        assertEquals(403, ordered(room.connect(), room.token(), words, "hold\0gtm\0"), "other words");
        Socket first = room.connect();
        String proof = room.prove(first, room.token(), words);
        Socket second = room.connect();
        room.prove(second, room.token(), words);
        assertEquals(403, order(second, proof, "stop\0gtm\0"), "another connection, with another challenge");
        assertEquals(401, order(room.connect(), proof + "\r\nPgxl-Nonce: " + "0".repeat(32), "stop\0gtm\0"), "no challenge yet");
        assertEquals(List.of(), room.orders);
        assertEquals(200, order(first, proof, "stop\0gtm\0"));
        assertEquals(1, room.orders.size());
    }

    private int ordered(Socket socket, byte[] token, byte[] proved, String words) throws IOException {
        return order(socket, room.prove(socket, token, proved), words);
    }

    private static int order(Socket socket, String proof, String words) throws IOException {
        try (socket) {
            socket.getOutputStream().write(("POST /pgxl HTTP/1.1\r\nContent-Length: " + words.length()
                    + "\r\nPgxl-Proof: " + proof + "\r\n\r\n" + words).getBytes(StandardCharsets.US_ASCII));
            byte[] start = socket.getInputStream().readNBytes(12);
            return Room.status(new String(start, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void agentsThatBeginOnOneVolumeAtOnceAgreeOnAToken() throws Exception {
        for (int i = 0; i < 20; i++) {
            Path file = room.home.resolve("round" + i + "/control-token");
            List<CompletableFuture<ControlToken>> agents = new ArrayList<>();
            for (int j = 0; j < 4; j++) {
                agents.add(CompletableFuture.supplyAsync(() -> ControlToken.open(file, (level, subject, message) -> { })));
            }
            Set<String> proofs = new HashSet<>();
            for (CompletableFuture<ControlToken> agent : agents) {
                proofs.add(agent.get(20, TimeUnit.SECONDS).proofOfAgent("here", "nonces").orElseThrow());
            }
            assertEquals(1, proofs.size());
            try (var left = Files.list(file.getParent())) {
                assertEquals(List.of(file), left.toList());
            }
        }
    }

    @Test
    void aTokenThatOthersCouldReadIsReplaced() throws IOException {
        Path token = room.home.resolve(".pgxl/control-token");
        String before = Files.readString(token);
        new Room(room.home);
        assertEquals(before, Files.readString(token), "kept, for another container may have it");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        new Room(room.home);
        assertFalse(before.equals(Files.readString(token)));
    }

    @Test
    void verbsReachTheNodeThatIsMeant() throws IOException {
        room.gtm("data/gtm", 1);
        room.nodes = List.of(room.node("data/gtm", Role.GTM, NodeState.STOPPED, 0));
        for (String name : List.of("gtm", "data/gtm", room.home + "/data/gtm")) {
            assertTrue(room.pgxl(true, "restart", name, "--mode", "immediate").startsWith("0 "), name);
        }
        assertEquals(3, room.orders.stream().filter(order -> order.contains("IMMEDIATE")
                && order.endsWith(" " + room.home.resolve("data/gtm"))).count());
        room.result = new NodeCommand.Result.Refused("did not start: no port");
        assertEquals("1 pgxl: gtm: did not start: no port\n", room.pgxl(true, "start", "gtm"));
    }

    @Test
    void whatIsMisspeltIsAnErrorWithTheNearestMatch() throws IOException {
        room.gtm("data/gtm", 1);
        room.nodes = List.of(room.node("data/gtm", Role.GTM, NodeState.STOPPED, 0));
        assertTrue(room.pgxl(true, "statsu").matches("(?s)64 .*is \"status\" meant.*"));
        assertTrue(room.pgxl(true, "stop", "gtn").matches("(?s)66 .*is \"gtm\" meant.*"));
        assertTrue(room.pgxl(true, "stop", "gtm", "--mode", "slow").startsWith("64 "));
        assertTrue(room.pgxl(true, "stop").startsWith("64 "));
        assertTrue(room.pgxl(true, "hold", "gtm", "--mode", "fast").startsWith("64 "));
        assertTrue(room.pgxl(true, "log-level", "loud").startsWith("64 "));
        assertTrue(room.pgxl(true, "explain", "nowhere").startsWith("66 "));
        assertEquals(List.of(), room.orders);
    }

    @Test
    void hostileNamesAreShownAndNeverObeyed() throws IOException {
        String name = "$(touch x);\n`id`\u001b[31m";
        room.gtm("data/" + name, 1);
        room.nodes = List.of(room.node("data/" + name, Role.GTM, NodeState.STOPPED, 0));
        for (String reply : List.of(room.pgxl(true, "status"), room.pgxl(true, "explain"))) {
            assertFalse(reply.contains("\u001b"), reply);
            assertTrue(reply.contains("\\n`id`\\x1b[31m") || reply.contains("gtm"), reply);
        }
        assertTrue(room.pgxl(true, "stop", "data/" + name).startsWith("0 "));
        assertTrue(room.pgxl(true, "stop", "data/$(touch x)").startsWith("66 "));
        assertTrue(Room.body(room.get("/status")).contains("$(touch x);\\u000a`id`\\u001b[31m"));
    }

    @Test
    void statusTellsWhatTheServersAre() throws IOException {
        assertTrue(room.pgxl(true, "status").contains("\nservers 10.9 (Postgres-XL 10r1.1) with mends 1\n"));
        assertTrue(Room.body(room.get("/status")).contains("\"servers\":\"10.9 (Postgres-XL 10r1.1) with mends 1\""));
    }

    @Test
    void statusFitsEightyColumns() throws IOException {
        room.gtm("data/a-directory-with-a-rather-long-name-indeed", 1);
        room.nodes = List.of(room.node(
                "data/a-directory-with-a-rather-long-name-indeed", Role.GTM, NodeState.BACKING_OFF, 1234567));
        String reply = room.pgxl(true, "status");
        reply.lines().forEach(line -> assertTrue(line.codePointCount(0, line.length()) <= 80, line));
        assertTrue(reply.contains("gtm  gtm master BACKING_OFF no"), reply);
    }

    @Test
    void coloursAreForTerminalsOnly() throws IOException {
        room.gtm("gtm", 1);
        room.nodes = List.of(room.node("gtm", Role.GTM, NodeState.BACKING_OFF, 0));
        String request = "POST /pgxl HTTP/1.1\r\nContent-Length: 7\r\nPgxl-Color: ";
        assertTrue(room.send(request + "yes\r\n\r\nstatus\0").contains("\u001b[31mgtm "));
        assertFalse(room.send(request + "no\r\n\r\nstatus\0").contains("\u001b"));
    }

    @Test
    void wrongRequestsGetAnAnswerInWords() throws IOException {
        assertEquals(404, Room.status(room.get("/nothing")));
        assertEquals(405, Room.status(room.send("DELETE /status HTTP/1.1\r\n\r\n")));
        assertEquals(405, Room.status(room.get("/pgxl")));
        assertEquals(400, Room.status(room.send("hello\r\n\r\n")));
        assertEquals(400, Room.status(room.send("\r\n\r\n")));
        assertEquals(413, Room.status(room.send("POST /pgxl HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")));
        assertEquals(411, Room.status(room.send("POST /pgxl HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")));
        String head = room.send("HEAD /live HTTP/1.1\r\n\r\n");
        assertEquals(200, Room.status(head));
        assertEquals("", Room.body(head));
    }

    @Test
    void aRequestLineOfAMegabyteIsRefusedAndTheClientReadsWhy() throws IOException {
        String answer = room.send("GET /" + "x".repeat(1024 * 1024) + " HTTP/1.1\r\n\r\n");
        assertEquals(414, Room.status(answer));
        String heads = room.send("GET /live HTTP/1.1\r\n" + "X: y\r\n".repeat(100_000) + "\r\n");
        assertEquals(431, Room.status(heads));
    }

    @Test
    void aSlowClientIsSentAwayAndHoldsNobodyUp() throws IOException {
        try (Socket slow = room.connect()) {
            slow.getOutputStream().write("GET /li".getBytes(StandardCharsets.US_ASCII));
            assertEquals(200, Room.status(room.get("/live")));
            String answer = new String(slow.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertEquals(408, Room.status(answer));
        }
    }

    @Test
    void aRequestThatComesByteByByteIsUnderstood() throws IOException {
        try (Socket socket = room.connect()) {
            socket.setTcpNoDelay(true);
            for (byte one : "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(one);
                socket.getOutputStream().flush();
            }
            assertEquals(200, Room.status(new String(
                    socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)));
        }
    }

    @Test
    void twoHundredConnectionsAtOnceAreAllAnswered() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                sockets.add(room.connect());
            }
            for (Socket socket : sockets) {
                socket.getOutputStream().write("GET /ready HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            for (Socket socket : sockets) {
                assertEquals(200, Room.status(new String(
                        socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)));
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void aThousandSilentConnectionsDoNotKeepAQuestionOut() throws IOException {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                silent.add(room.connect());
            }
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20), () -> assertEquals(200, Room.status(room.get("/live"))));
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void strangersHaveEachPageMadeAtMostOnceASecond() throws IOException {
        Room open = new Room(room.home, address -> address.getHostAddress().equals("127.0.0.1"));
        long begun = System.nanoTime();
        for (int i = 0; i < 300; i++) {
            assertEquals(200, Room.status(open.send("127.0.0." + (i % 9 + 2), "GET /metrics HTTP/1.1\r\n\r\n")));
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        assertTrue(open.overviews.get() <= seconds + 1, open.overviews + " pages in " + seconds + " s");
        for (int i = 0; i < 10; i++) {
            open.send("GET /metrics HTTP/1.1\r\n\r\n");
        }
        assertTrue(open.overviews.get() >= 11, "whoever is of this container sees what is now");
    }

    private static String withHost(String host, String... more) {
        StringBuilder request = new StringBuilder("GET /status HTTP/1.1\r\n");
        if (!host.isEmpty()) {
            request.append("Host: ").append(host).append("\r\n");
        }
        for (String header : more) {
            request.append(header).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    @Test
    void overTheLoopbackAddressOnlyNamesThatNobodyOnTheWebOwnsAreAnswered() throws IOException {
        for (String host : List.of(
                "", "localhost", "LocalHost:9432", "localhost.", "127.0.0.1", "127.0.0.1:9432", "[::1]:9432", "[::1]",
                "10.0.0.5:80", "own.example.com:9432", "OWN.example.com")) {
            assertEquals(200, Room.status(room.send(withHost(host))), host);
        }
        for (String host : List.of(
                "evil", "evil.com", "evil.com:9432", "evil.com.", "127.0.0.1.evil.com", "localhost.evil.com",
                "own.example.com.evil.com", "0x7f.0.0.1", "[::1].evil.com", "[evil]", "127.0.0.1:9432:evil",
                "evil.com/127.0.0.1", "@127.0.0.1", "\u001b[31m")) {
            String answer = room.send(withHost(host));
            assertEquals(421, Room.status(answer), host);
            assertFalse(answer.contains("\u001b"), host);
        }
        assertEquals(400, Room.status(room.send(withHost("localhost", "Host: evil.com"))), "one of both is a lie");
        assertEquals(421, Room.status(room.send("POST /pgxl HTTP/1.1\r\nHost: evil.com\r\n\r\n")));
    }

    @Test
    void fromElsewhereAnyScraperIsAnsweredAndNoBrowserThatWasLedHereByAName() throws IOException {
        Room open = new Room(room.home, address -> address.getHostAddress().equals("127.0.0.1"));
        for (String host : List.of("", "coord_1:9432", "tasks.pgxl_coord:9432", "db1.example.com:9432", "10.0.0.7:9432")) {
            String scrape = withHost(host, "User-Agent: Prometheus/3.1.0", "Accept-Encoding: gzip");
            assertEquals(200, Room.status(open.send("127.0.0.5", scrape)), host);
        }
        String language = "Accept-Language: en";
        for (String host : List.of("coord_1:9432", "10.0.0.7:9432", "own.example.com:9432")) {
            assertEquals(200, Room.status(open.send("127.0.0.5", withHost(host, language))), host);
        }
        for (String mark : List.of(language, "Accept-Language:", "Origin: http://evil.com", "Referer: x", "Sec-Fetch-Site: none")) {
            assertEquals(421, Room.status(open.send("127.0.0.5", withHost("evil.com:9432", mark))), mark);
        }
    }

    @Test
    void pgxlIsAnsweredInsideTheContainerOnlyWhateverItAsks() throws IOException {
        Room open = new Room(room.home, address -> address.getHostAddress().equals("127.0.0.1"));
        for (String words : List.of("explain\0/root\0", "status\0", "help\0", "stop\0gtm\0", "health\0live\0")) {
            String request = "POST /pgxl HTTP/1.1\r\nContent-Length: " + words.length() + "\r\n\r\n" + words;
            assertEquals(403, Room.status(open.send("127.0.0.5", request)), words);
            assertEquals(200, Room.status(open.send("127.0.0.1", request)), words);
        }
        assertEquals(403, Room.status(open.send("127.0.0.5", "POST /pgxl HTTP/1.1\r\nPgxl-Nonce: "
                + "0".repeat(32) + "\r\n\r\n")), "nor is anything proved to others");
    }

    @Test
    void explainNamesEachPieceOfEvidenceAndWhatIsNoNode() throws IOException {
        room.gtm("data/gtm", 1);
        Files.createDirectories(room.home.resolve("letters/old"));
        String reply = room.pgxl(true, "explain");
        assertTrue(reply.contains("data/gtm: gtm, port 1\n    mark        gtm.conf is there\n"), reply);
        assertTrue(reply.contains("next        the agent starts it at container start: /prefix/bin/gtm -D "), reply);
        assertTrue(reply.contains("letters: not a node"), reply);
        assertFalse(reply.contains("letters/old"), "the topmost says it");
        assertTrue(room.pgxl(true, "explain", "data/gtm").startsWith("0 data/gtm: gtm, port 1"));
    }
}
