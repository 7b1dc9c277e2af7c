package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.indoubt.InDoubt;
import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.ssh.SshCounters;
import com.tiredpixel.pgxl.agent.supervisor.HoldMarks;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand;
import com.tiredpixel.pgxl.agent.supervisor.NodeHistory;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import com.tiredpixel.pgxl.agent.supervisor.Overview;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A room to visit over HTTP, with nodes as a test wants them. */
final class Room {
    static final MonotonicClock CLOCK = MonotonicClock.system();

    final Path home;
    final List<String> orders = Collections.synchronizedList(new ArrayList<>());
    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    volatile List<NodeReport> nodes = List.of();
    volatile List<Finding.Contradiction> contradictions = List.of();
    volatile Overview.Phase phase = Overview.Phase.SUPERVISING;
    volatile Duration supervisorTurnedAgo = Duration.ZERO;
    volatile Duration sshTurnedAgo = Duration.ZERO;
    volatile NodeCommand.Result result = new NodeCommand.Result.Done("is as ordered");
    /** How often it was asked what the supervisor knows. */
    final AtomicInteger overviews = new AtomicInteger();
    volatile InDoubt inDoubt = new InDoubt(
            CLOCK.now(), true, "looked from coordinator coord1", List.of(), List.of(), 0, Duration.ZERO, 1, 2, 0);
    private final StatusServer room;

    Room(Path home) throws IOException {
        this(home, InetAddress::isLoopbackAddress);
    }

    /** @param isLocal who is of this container */
    Room(Path home, Predicate<InetAddress> isLocal) throws IOException {
        this(home, isLocal, 0);
    }

    /** @param port to listen on, if it can be had */
    Room(Path home, Predicate<InetAddress> isLocal, int port) throws IOException {
        this.home = home;
        var settings = new StatusSettings(
                List.of(InetAddress.getLoopbackAddress()), port, home, home.resolve(".pgxl"), "postgres", "1.2.3", 1,
                "own.example.com");
        var sources = new StatusSources(
                () -> {
                    overviews.incrementAndGet();
                    return new Overview(CLOCK.now().minus(supervisorTurnedAgo), nodes, contradictions, phase);
                },
                () -> new SshCounters(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                () -> sshTurnedAgo,
                () -> 21,
                () -> 22,
                () -> "10.9 (Postgres-XL 10r1.1) with mends 1",
                () -> VolumeScan.scan(home, 4, 1000, Optional.empty()),
                (directory, order) -> {
                    orders.add(order + " " + directory);
                    return CompletableFuture.completedFuture(result);
                },
                () -> orders.add("reload"),
                level -> orders.add("level " + level),
                () -> inDoubt,
                directory -> orders.add("alone " + directory));
        EventLog recorder = (level, subject, message) -> log.add(level + " " + subject + ": " + message);
        var explain = new Explain(home, 4, Path.of("/prefix"), new HoldMarks(home.resolve(".pgxl/held"), home));
        room = new StatusServer(settings, sources, explain, recorder, CLOCK, isLocal);
        room.open();
    }

    NodeReport node(String directory, Role role, NodeState state, int pid) {
        var history = new NodeHistory(
                Map.of(NodeHistory.End.SIGNALED, 2),
                Optional.of(new NodeHistory.LastEnd(NodeHistory.End.SIGNALED, "signal 9")),
                Optional.of(Duration.ofMillis(250)),
                Optional.empty());
        return new NodeReport(
                home.resolve(directory), role, state, "for a test", Duration.ofSeconds(7),
                pid == 0 ? OptionalInt.empty() : OptionalInt.of(pid), 2, false, state == NodeState.HELD, history);
    }

    /** A directory as GTM leaves it, with its port. */
    Path gtm(String name, int port) throws IOException {
        Path directory = Files.createDirectories(home.resolve(name));
        Files.writeString(directory.resolve("gtm.conf"), "nodename = 'gtm'\nport = " + port + "\n");
        Files.writeString(directory.resolve("gtm.control"), "next_xid: 10000\n");
        Files.writeString(directory.resolve("gtm.opts"), " \"-D\" \"" + directory + "\"\n");
        return directory;
    }

    /** A directory as a coordinator leaves it while it runs. */
    Path coordinator(String name, int pid, int port) throws IOException {
        Path directory = Files.createDirectories(home.resolve(name));
        Files.createDirectories(directory.resolve("global"));
        Files.writeString(directory.resolve("PG_VERSION"), "10\n");
        Files.writeString(directory.resolve("global/pg_control"), "12345678");
        Files.writeString(directory.resolve("postgresql.conf"), "pgxc_node_name = 'coord1'\n");
        Files.writeString(
                directory.resolve("postmaster.opts"),
                "/prefix/bin/postgres \"--coordinator\" \"-D\" \"" + directory + "\"\n");
        Files.writeString(
                directory.resolve("postmaster.pid"),
                pid + "\n" + directory + "\n1795367637\n" + port + "\n\n127.0.0.1\n  5432001         0\nready   \n");
        return directory;
    }

    int port() {
        return room.port();
    }

    Socket connect() throws IOException {
        return connect("127.0.0.1");
    }

    Socket connect(String from) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), room.port(), InetAddress.getByName(from), 0);
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** @return the whole response, head and body */
    String send(String request) throws IOException {
        return send("127.0.0.1", request);
    }

    String send(String from, String request) throws IOException {
        try (Socket socket = connect(from)) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.UTF_8));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    String get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    static int status(String response) {
        return Integer.parseInt(response.split(" ", 3)[1]);
    }

    static String body(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    /** As the command {@code pgxl} asks. @return the exit code, a blank, and the text */
    String pgxl(boolean withToken, String... words) throws IOException {
        return pgxl(withToken, "Pgxl-Columns: 80\r\n", words);
    }

    /** @param more headers, each with its line break */
    String pgxl(boolean withToken, String more, String[] words) throws IOException {
        byte[] body = Arrays.stream(words).map(word -> word + "\0").collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
        try (Socket socket = connect()) {
            String proof = withToken ? "Pgxl-Proof: " + prove(socket, token(), body) + "\r\n" : "";
            OutputStream out = socket.getOutputStream();
            out.write(("POST /pgxl HTTP/1.1\r\nContent-Length: " + body.length + "\r\n" + proof + more + "\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            out.write(body);
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return header(response, "Pgxl-Exit").orElse("HTTP " + status(response)) + " " + body(response);
        }
    }

    byte[] token() throws IOException {
        return HexFormat.of().parseHex(Files.readString(home.resolve(".pgxl/control-token")).strip());
    }

    /** Asks for a challenge. @return the proof for these words */
    String prove(Socket socket, byte[] token, byte[] words) throws IOException {
        String own = "0123456789abcdef0123456789abcdef";
        socket.getOutputStream().write(
                ("POST /pgxl HTTP/1.1\r\nPgxl-Nonce: " + own + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("no challenge: " + head);
            }
            head.write(next);
        }
        String said = "\n127.0.0.1:" + port() + "\n" + own + "\n"
                + header(head.toString(StandardCharsets.US_ASCII), "Pgxl-Nonce").orElseThrow() + "\n";
        if (!header(head.toString(StandardCharsets.US_ASCII), "Pgxl-Proof").equals(
                Optional.of(hmac(token(), "agent" + said, new byte[0])))) {
            throw new IOException("the agent proves nothing: " + head);
        }
        return hmac(token, "order" + said, words);
    }

    private static String hmac(byte[] key, String text, byte[] more) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(mac.doFinal(more));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static Optional<String> header(String response, String name) {
        return response.lines().takeWhile(line -> !line.isEmpty())
                .filter(line -> line.startsWith(name + ": ")).map(line -> line.substring(name.length() + 2)).findFirst();
    }
}
