package com.tiredpixel.pgxl.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The hosts of one cluster, each a sandbox on a volume of its own. They know each other's names, and one key
 * opens them all, as in {@code .ssh} when it is shared.
 */
final class Fleet {

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

    /**
     * A host that is gone answers nothing, not even a reset, and Postgres-XL sets no time limits of its own: one
     * coordinator's pooler would wait for minutes, and {@code pgxc_ctl} for the coordinator.
     */
    private static final String PATIENCE_OF_TCP = "cd /proc/sys/net/ipv4 && echo 2 >tcp_syn_retries"
            + " && echo 5 >tcp_retries2 && echo 10 >tcp_keepalive_time && echo 3 >tcp_keepalive_intvl"
            + " && echo 3 >tcp_keepalive_probes";

    private final Map<String, Sandbox.Plan> plans = new LinkedHashMap<>();
    private final Map<String, Sandbox> sandboxes = new LinkedHashMap<>();

    /** Plans them; none is started. */
    Fleet(Stage stage, List<String> hosts) {
        for (String host : hosts) {
            plans.put(host, stage.sandbox(host, volume(stage)));
        }
        for (Sandbox.Plan plan : plans.values()) {
            plans.values().stream()
                    .filter(other -> other != plan)
                    .forEach(other -> plan.host(other.address(), other.hostname()));
        }
    }

    private static Path volume(Stage stage) {
        Path volume = stage.volume();
        Path ssh = volume.resolve(".ssh");
        try {
            own(Files.copy(stage.key(), ssh.resolve("id_ed25519")));
            // What is not known is learnt; what has changed is refused. Nothing is ever asked.
            own(Files.writeString(ssh.resolve("config"), """
                    BatchMode yes
                    StrictHostKeyChecking accept-new
                    ConnectTimeout 20
                    LogLevel ERROR
                    """));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return volume;
    }

    private static void own(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Kernel.giveToPostgres(file);
    }

    /** Starts a host on its volume, at its address; its log goes on where it ended. */
    Sandbox start(String host) {
        Sandbox sandbox = plans.get(host).start();
        sandbox.exec("root", PATIENCE_OF_TCP).orFail();
        sandboxes.put(host, sandbox);
        return sandbox;
    }

    Sandbox sandbox(String host) {
        return Optional.ofNullable(sandboxes.get(host)).orElseThrow(() -> new AssertionError(host + " never started"));
    }

    /** @return every host that has been started, running or not */
    List<Sandbox> sandboxes() {
        return List.copyOf(sandboxes.values());
    }

    LogFile log(Member member) {
        return sandbox(member.host()).log();
    }

    /** Stops a host as Docker does. @return the exit code of PID 1 */
    int stop(String host) {
        return sandbox(host).stop(STOP_PATIENCE);
    }

    /** Waits until a server enters a state. @return where the line ends, as a mark */
    int awaitState(int mark, Member member, String state) {
        return log(member).awaitState(mark, member.node(), state);
    }

    /** @return the times that an agent started a server itself, from a mark on */
    List<String> ownStarts(int mark, Member member) {
        return log(member).lines(mark, " " + member.node().subject() + ": STARTING: started ");
    }

    /** @return the last lines of each agent's log */
    String lastWords(int count) {
        var text = new StringBuilder();
        for (Sandbox sandbox : sandboxes.values()) {
            List<String> lines = sandbox.log().text().lines().toList();
            text.append("---- last lines of ")
                    .append(sandbox.hostname()).append(sandbox.isRunning() ? "" : ", which has ended").append('\n');
            lines.subList(Math.max(0, lines.size() - count), lines.size())
                    .forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }
}
