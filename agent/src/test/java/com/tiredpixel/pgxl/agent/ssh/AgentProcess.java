package com.tiredpixel.pgxl.agent.ssh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@link ServerMain} in a JVM of its own, as the user that logs in. */
final class AgentProcess implements TestServer {
    static final String PATH = "/opt/pgxl/bin:/usr/local/bin:/usr/bin:/bin";

    private final Process process;
    private final Writer commands;
    private final List<String> lines = new ArrayList<>();
    private final int port;

    private AgentProcess(Stage stage, Path state, String path, Duration grace, int sessions, String... more) throws IOException {
        var command = new ArrayList<>(List.of(
                java().toString(), "-XX:+UseSerialGC", "-Xms4m", "-Xmn1500k", "-Xmx24m", "-Xss256k",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(more).stream().filter(AgentProcess::isOfJava).toList());
        command.addAll(List.of("-cp", classPath(stage),
                ServerMain.class.getName(),
                stage.user, stage.homeThere.toString(), state.toString(), path,
                Long.toString(grace.toSeconds()), Integer.toString(sessions)));
        command.addAll(List.of(more).stream().filter(one -> !isOfJava(one)).toList());
        process = stage.inNamespace(true, command);
        commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        collect(process.getInputStream());
        collect(process.getErrorStream());
        port = Integer.parseInt(await("a port", line -> line.startsWith("port ")).substring(5));
    }

    private static boolean isOfJava(String argument) {
        return argument.startsWith("-");
    }

    /** That of the tests; or the image's, in the agent that the property {@code pgxl.agent} names. */
    private static Path java() {
        String agent = System.getProperty("pgxl.agent");
        return agent == null ? Path.of(System.getProperty("java.home"), "bin/java") : Path.of(agent, "runtime/bin/java");
    }

    static AgentProcess bound(Stage stage, Duration grace, int sessions) throws IOException {
        Path state = stage.root.resolve("state");
        if (!Files.exists(state)) {
            Files.createDirectory(state);
            stage.ok("chown", stage.user + ":", state.toString());
        }
        return stage.add(new AgentProcess(stage, state, PATH, grace, sessions));
    }

    static AgentProcess open(Stage stage) throws IOException {
        return open(stage, PATH);
    }

    /** Without OpenSSH's own programs for file transfer. */
    static AgentProcess builtIn(Stage stage, String path) throws IOException {
        return open(stage, path, "builtin");
    }

    /** Encrypts by the Java run time. */
    static AgentProcess withoutLibCrypto(Stage stage) throws IOException {
        return open(stage, PATH, "java");
    }

    /** With an option of Java, which begins with a minus sign, or a word for {@link ServerMain}. */
    static AgentProcess with(Stage stage, String... more) throws IOException {
        return open(stage, PATH, more);
    }

    /** Offers the MACs of old clients too. */
    static AgentProcess forOldClients(Stage stage, String... more) throws IOException {
        var all = new ArrayList<>(List.of(more));
        all.add("old");
        return open(stage, PATH, all.toArray(String[]::new));
    }

    /** Its audit shows what is shown by default. */
    static AgentProcess discreet(Stage stage) throws IOException {
        return open(stage, PATH, "discreet");
    }

    /** Keeps every answer until its client reads it. */
    static AgentProcess unbounded(Stage stage) throws IOException {
        return open(stage, PATH, "unbounded");
    }

    /** With so many sessions at once as the default. */
    static AgentProcess crowded(Stage stage, int sessions) throws IOException {
        return open(stage, PATH, sessions);
    }

    /** Lends nothing to anybody, and has in its heap what its sessions have loaded, no more. */
    static AgentProcess stingy(Stage stage, int sessions) throws IOException {
        return open(stage, PATH, sessions, "stingy", "unrehearsed");
    }

    /** Lends to every session whatever it wants. */
    static AgentProcess generous(Stage stage, int sessions) throws IOException {
        return open(stage, PATH, sessions, "generous");
    }

    /** Makes keys anew every 256 KiB. */
    static AgentProcess rekeying(Stage stage) throws IOException {
        return open(stage, PATH, "rekey");
    }

    /** Its port is there, and it has yet to {@code open}. */
    static AgentProcess closed(Stage stage, String... more) throws IOException {
        return bound(stage, PATH, 100, more);
    }

    private static AgentProcess open(Stage stage, String path, String... more) throws IOException {
        return open(stage, path, 100, more);
    }

    private static AgentProcess open(Stage stage, String path, int sessions, String... more) throws IOException {
        AgentProcess agent = bound(stage, path, sessions, more);
        agent.command("open");
        return agent;
    }

    private static AgentProcess bound(Stage stage, String path, int sessions, String... more) throws IOException {
        Path state = Files.createDirectories(stage.root.resolve("state"));
        stage.ok("chown", stage.user + ":", state.toString());
        return stage.add(new AgentProcess(stage, state, path, Duration.ofSeconds(60), sessions, more));
    }

    /** The user cannot read the build directory of somebody else's home, so classes are copied. */
    private static String classPath(Stage stage) throws IOException {
        Path copies = stage.root.resolve("classes");
        if (!Files.exists(copies)) {
            Files.createDirectory(copies);
            int number = 0;
            for (String entry : System.getProperty("java.class.path").split(":")) {
                if (Files.exists(Path.of(entry)) && !entry.contains("junit") && !entry.contains("jazzer")) {
                    String name = number++ + "-" + Path.of(entry).getFileName();
                    stage.ok("cp", "-r", entry, copies.resolve(name).toString());
                }
            }
            stage.ok("chmod", "-R", "a+rX", copies.toString());
        }
        try (Stream<Path> entries = Files.list(copies)) {
            return entries.sorted().map(Path::toString).collect(Collectors.joining(":"));
        }
    }

    private void collect(java.io.InputStream stream) {
        var thread = new Thread(() -> {
            try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    synchronized (lines) {
                        lines.add(line);
                        lines.notifyAll();
                    }
                }
            } catch (IOException e) {
                // The process has gone.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits for a line that was or will be printed. */
    String await(String what, Predicate<String> wanted) {
        return awaitAfter(0, what, wanted);
    }

    String awaitAfter(int mark, String what, Predicate<String> wanted) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        synchronized (lines) {
            while (true) {
                for (String line : lines.subList(mark, lines.size())) {
                    if (wanted.test(line)) {
                        return line;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 || (!process.isAlive() && left < 55_000)) {
                    throw new AssertionError("the server did not say " + what + ": " + lines);
                }
                try {
                    lines.wait(Math.min(left, 500));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** @return where the log stands, for {@link #awaitAfter} */
    int mark() {
        synchronized (lines) {
            return lines.size();
        }
    }

    List<String> log() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    void command(String line) throws IOException {
        int mark = mark();
        commands.write(line + "\n");
        commands.flush();
        awaitAfter(mark, "done " + line, said -> said.equals("done " + line));
    }

    String counters() throws IOException {
        int mark = mark();
        command("counters");
        return awaitAfter(mark, "counters", line -> line.startsWith("SshCounters"));
    }

    long counter(String name) throws IOException {
        String all = counters();
        return Long.parseLong(all.replaceFirst(".*\\b" + name + "=(\\d+).*", "$1"));
    }

    long pid() {
        return process.pid();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String name() {
        return "the agent";
    }

    @Override
    public void close() {
        try {
            commands.close();
        } catch (IOException e) {
            process.destroy();
        }
        Run.awaitEnd(process);
    }
}
