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

/** A sandbox for each node, one for {@code pgxc_ctl}, and one {@code .ssh} for all, as the image has it. */
final class ControlledCluster {

    /** Every node is alone in its container, so all have the same ports and the same directory. */
    static final int PORT = 5432;
    static final int POOLER_PORT = 15432;
    static final String DIRECTORY = "/var/lib/postgres/data/node";

    private static final String CONTROL = "control";

    private final Stage stage;
    private final Map<String, Sandbox.Plan> plans = new LinkedHashMap<>();
    private final Map<String, Sandbox> sandboxes = new LinkedHashMap<>();

    /** @param hosts names of the nodes' hosts */
    ControlledCluster(Stage stage, List<String> hosts) {
        this.stage = stage;
        Path ssh = sharedSsh();
        plan(CONTROL, ssh);
        hosts.forEach(host -> plan(host, ssh));
        plans.values().forEach(plan -> plans.values().forEach(other -> plan.host(other.address(), other.hostname())));
        plans.forEach((host, plan) -> sandboxes.put(host, plan.start()));
        sandboxes.values().forEach(sandbox -> sandbox.log().await("listening on"));
        control("pgxc_ctl prepare config empty").orFail();
        control("sed -Ei 's,^(coord|datanode)PgHbaEntries=.*,\\1PgHbaEntries=(10.99.0.0/16),' ~/pgxc_ctl/pgxc_ctl.conf")
                .orFail();
    }

    private void plan(String host, Path ssh) {
        plans.put(host, stage.sandbox(host, stage.bareVolume()).bind(ssh, Node.HOME + "/.ssh"));
    }

    private Path sharedSsh() {
        try {
            Path ssh = stage.newDirectory("ssh");
            Files.copy(stage.key(), ssh.resolve("id_ed25519"));
            Files.copy(Path.of(stage.key() + ".pub"), ssh.resolve("authorized_keys"));
            Files.writeString(ssh.resolve("config"), """
                    StrictHostKeyChecking no
                    UserKnownHostsFile /dev/null
                    LogLevel ERROR
                    """);
            Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwx------"));
            Kernel.giveToPostgres(ssh);
            for (String name : List.of("id_ed25519", "authorized_keys", "config")) {
                Files.setPosixFilePermissions(ssh.resolve(name), PosixFilePermissions.fromString("rw-------"));
                Kernel.giveToPostgres(ssh.resolve(name));
            }
            return ssh;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Sandbox sandbox(String host) {
        return sandboxes.get(host);
    }

    /** Runs a shell command as the operator, where {@code pgxc_ctl} lives. */
    Program.Result control(String command) {
        return Program.run(
                Duration.ofMinutes(5),
                sandboxes.get(CONTROL).inside("postgres", List.of("bash", "-c", "cd && " + command)));
    }

    /** Runs {@code pgxc_ctl}; its exit code says little, so its words are printed. */
    String pgxcCtl(String command) {
        long start = System.nanoTime();
        Program.Result result = control("pgxc_ctl " + command);
        System.out.println("pgxc_ctl " + command + " (" + (System.nanoTime() - start) / 1_000_000 + " ms)\n"
                + (result.text() + "\n" + result.error()).lines()
                        .filter(line -> line.matches("(?i).*(error|warn|fatal|running|fail).*"))
                        .map(line -> "    " + line + "\n").reduce("", String::concat));
        return result.text();
    }

    /** Runs SQL on a host. */
    Program.Result sql(String host, String statement) {
        return Program.run(Duration.ofSeconds(60), stage.wire().outside(List.of(
                Places.prefix().resolve("bin/psql").toString(), "-XAtq", "-v", "ON_ERROR_STOP=1",
                "-h", sandboxes.get(host).address(), "-p", Integer.toString(PORT), "-U", "postgres", "-d", "postgres",
                "-c", statement)));
    }

    /** Waits until SQL on a host gives the answer. */
    void awaitSql(String host, String expected, String statement) {
        try {
            Await.until(Duration.ofSeconds(90), "answer", () -> {
                Program.Result result = sql(host, statement);
                return result.code() == 0 && result.text().equals(expected);
            });
        } catch (AssertionError e) {
            throw new AssertionError(host + " does not answer " + expected + " to " + statement + " but "
                    + sql(host, statement), e);
        }
    }

    /** Stops a host and starts another container on its volume, with the same name and address. */
    int renew(String host) {
        int code = sandboxes.get(host).stop(Duration.ofSeconds(20));
        Sandbox.Plan plan = plans.get(host);
        plan.log(stage.newDirectory("log-" + host).resolve("log"));
        sandboxes.put(host, plan.start());
        return code;
    }
}
