package com.tiredpixel.pgxl.agent.status.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.Eventually;
import com.tiredpixel.pgxl.agent.status.loop.EventLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server alone. Who connects from 127.0.0.1 is of this container, who comes from 127.0.0.2 and up is a stranger. */
class HttpServerTest {
    private static final String STRANGER = "127.0.0.9";
    private static final byte[] LONG = new byte[300 * 1024];

    private final List<Socket> sockets = new ArrayList<>();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger clockFailures = new AtomicInteger();
    private HttpServer server;
    private int port;
    private volatile Supplier<Error> broken = () -> null;

    private final Site site = new Site() {
        @Override
        public Optional<Response> refusal(Request head) {
            return head.path().equals("/refused") ? Optional.of(Response.text(403, "no\n")) : Optional.empty();
        }

        @Override
        public CompletableFuture<Response> answer(Request request) {
            Error error = broken.get();
            if (error != null) {
                throw error;
            }
            return switch (request.path()) {
                case "/long" -> CompletableFuture.completedFuture(Response.of(200, Response.TEXT, LONG.clone()));
                case "/endless" -> CompletableFuture.completedFuture(
                        Response.of(200, Response.TEXT, new byte[HttpServer.LOCAL_BYTES + 1]));
                case "/never" -> new CompletableFuture<>();
                case "/again" -> CompletableFuture.completedFuture(request.peer().isChallenged()
                        ? Response.text(200, "challenged with " + request.peer().challenge())
                        : Response.text(401, "").challengedWith("riddle"));
                default -> CompletableFuture.completedFuture(Response.text(200, request.peer() + "\n"));
            };
        }
    };

    @BeforeEach
    void open() throws IOException {
        MonotonicClock system = MonotonicClock.system();
        MonotonicClock clock = () -> {
            if (Thread.currentThread().getName().equals("status")
                    && clockFailures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new OutOfMemoryError("a test wants it");
            }
            return system.now();
        };
        var loop = new EventLoop(clock, (level, subject, message) -> log.add(message));
        server = new HttpServer(loop, site, address -> address.getHostAddress().equals("127.0.0.1"));
        port = server.listen(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private Socket connect(String from) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(60_000);
        sockets.add(socket);
        return socket;
    }

    private Socket ask(String from, String path) throws IOException {
        return say(connect(from), "GET " + path + " HTTP/1.1\r\n\r\n");
    }

    private static Socket say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void assertAnswers(String from) throws IOException {
        long begun = System.nanoTime();
        String answer = answer(ask(from, "/"));
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(5), "the answer took seconds");
    }

    private boolean isOpen(Socket socket) throws IOException {
        socket.setSoTimeout(300);
        try {
            return socket.getInputStream().read() >= 0;
        } catch (java.net.SocketTimeoutException open) {
            return true;
        } catch (IOException reset) {
            return false;
        }
    }

    @Test
    void threeHundredSlowStrangersKeepNoProbeOfThisContainerWaitingAndNoOtherStranger() throws Exception {
        List<String> slow = List.of("", "GET /li", "GET / HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = 0; i < 300; i++) {
            say(connect(STRANGER), slow.get(i % slow.size()));
            if (i % 10 == 0) {
                assertAnswers("127.0.0.1");
                assertAnswers("127.0.0.3");
            }
        }
    }

    @Test
    void whoeverHasTheMostPlacesLosesOneFirst() throws Exception {
        Socket patient = say(connect("127.0.0.3"), "GET / HTTP/1.1\r\n");
        for (int i = 0; i < 2 * HttpServer.OTHER_PLACES; i++) {
            connect(STRANGER);
        }
        assertAnswers("127.0.0.4");
        say(patient, "\r\n");
        assertTrue(answer(patient).startsWith("HTTP/1.1 200 "), "it came first, and is alone at its address");
    }

    @Test
    void strangersWhoNeverReadHoldNoMoreThanTheirShareOfTheHeap() throws Exception {
        int most = 0;
        for (int i = 0; i < 300; i++) {
            ask(STRANGER, "/long");
            int[] held = server.held().get(20, TimeUnit.SECONDS);
            assertEquals(0, held[0], "of this container");
            most = Math.max(most, held[1]);
        }
        assertTrue(most > LONG.length && most <= HttpServer.OTHER_BYTES, most + " bytes");
        assertAnswers("127.0.0.1");
        assertEquals(LONG.length, answer(ask("127.0.0.3", "/long")).split("\r\n\r\n", 2)[1].length(),
                "who reads gets it all");
        awaitNothingHeld();
    }

    @Test
    void requestsThatAreNeverWholeAreCountedToo() throws Exception {
        String almost = "POST / HTTP/1.1\r\nContent-Length: " + Request.LONGEST_BODY + "\r\n\r\n"
                + "x".repeat(Request.LONGEST_BODY - 1);
        for (int i = 0; i < HttpServer.OTHER_PLACES; i++) {
            say(connect(STRANGER), almost);
        }
        assertAnswers("127.0.0.1");
        assertTrue(server.held().get(20, TimeUnit.SECONDS)[1] <= HttpServer.OTHER_BYTES);
        awaitNothingHeld();
    }

    private void awaitNothingHeld() throws Exception {
        Eventually.holds("it is given back when the time to read is over",
                () -> server.held().get(20, TimeUnit.SECONDS)[1] == 0);
    }

    @Test
    void anAnswerLongerThanAllMayHoldIsRefusedInWords() throws Exception {
        String answer = answer(ask("127.0.0.1", "/endless"));
        assertTrue(answer.startsWith("HTTP/1.1 503 ") && answer.contains("too long to be kept here"), answer);
    }

    @Test
    void whoReadsTooSlowlyIsSentAwayInTime() throws Exception {
        Socket slow = ask("127.0.0.1", "/long");
        byte[] little = new byte[512];
        long begun = System.nanoTime();
        int got = 0;
        try {
            for (int count = 0; count >= 0; count = slow.getInputStream().read(little)) {
                got += count;
                Thread.sleep(250);
                assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(60), "read for a minute");
            }
        } catch (IOException reset) {
            // So it ends.
        }
        assertTrue(got < LONG.length, got + " bytes");
    }

    @Test
    void aRequestThatNobodyAnswersEndsNothingElse() throws Exception {
        for (int i = 0; i < HttpServer.OTHER_PLACES + 10; i++) {
            ask(STRANGER, "/never");
        }
        assertAnswers("127.0.0.1");
        assertAnswers("127.0.0.3");
    }

    @Test
    void whatIsRefusedIsRefusedBeforeItsBodyHasCome() throws Exception {
        Socket socket = say(connect("127.0.0.1"), "POST /refused HTTP/1.1\r\nContent-Length: 30000\r\n\r\n");
        assertTrue(answer(socket).startsWith("HTTP/1.1 403 "));
    }

    @Test
    void aChallengeIsAnsweredOnTheSameConnectionOnce() throws Exception {
        Socket socket = say(connect("127.0.0.1"), "POST /again HTTP/1.1\r\n\r\n");
        var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        assertEquals("HTTP/1.1 401 Unauthorized", reader.readLine());
        while (!reader.readLine().isEmpty()) {
            // The head of the answer.
        }
        say(socket, "POST /again HTTP/1.1\r\n\r\n");
        assertEquals("HTTP/1.1 200 OK", reader.readLine());
        assertTrue(reader.lines().toList().contains("challenged with riddle"));
        assertFalse(isOpen(socket));
    }

    @Test
    void whatASiteThrowsEndsOneConnectionAndNotTheThreadOfAll() throws Exception {
        for (Error error : List.of(new OutOfMemoryError("a test wants it"), new StackOverflowError(),
                new NoClassDefFoundError("x"), new AssertionError())) {
            broken = () -> error;
            for (int i = 0; i < 5; i++) {
                assertEquals("", answer(ask("127.0.0.1", "/")));
            }
            broken = () -> null;
            assertAnswers("127.0.0.1");
        }
        assertEquals(1, log.size(), "one line in ten seconds: " + log);
    }

    /** The clock is asked wherever the loop does anything: at an accept, at a request, between turns. */
    @Test
    void lackOfMemoryAnywhereInTheLoopEndsNeitherTheThreadNorTheListening() throws Exception {
        for (int failures = 1; failures <= 20; failures++) {
            clockFailures.set(failures);
            try {
                answer(ask("127.0.0.1", "/"));
            } catch (IOException reset) {
                // This one was in its way.
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (clockFailures.get() > 0) {
                assertTrue(System.nanoTime() < end, "the loop turns");
                isOpen(ask("127.0.0.1", "/"));
            }
            assertAnswers("127.0.0.1");
        }
    }

    @Test
    void theKernelTellsWhoIsOfThisContainer() throws Exception {
        assertTrue(answer(ask("127.0.0.1", "/")).contains("local=true, reached=127.0.0.1:" + port));
        assertTrue(answer(ask(STRANGER, "/")).contains("local=false"));
    }
}
