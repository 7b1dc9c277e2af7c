package com.tiredpixel.pgxl.it;

import com.tiredpixel.pgxl.agent.node.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Does to a node, over SSH, what {@code pgxc_ctl} does, with its very commands. */
public final class Operator {

    private static final AtomicInteger OUTPUTS = new AtomicInteger();

    private final Stage stage;
    private final Sandbox sandbox;
    private final Ssh ssh;

    public Operator(Stage stage, Sandbox sandbox) {
        this.stage = stage;
        this.sandbox = sandbox;
        this.ssh = new Ssh(stage, sandbox).awaitLogin();
    }

    public Ssh ssh() {
        return ssh;
    }

    public Sandbox sandbox() {
        return sandbox;
    }

    /** Makes a node, starts it, and waits until the agent has adopted it. */
    public void add(Node node) {
        int mark = sandbox.log().mark();
        make(node);
        start(node);
        sandbox.log().awaitState(mark, node, "RUNNING");
    }

    /** {@code initdb} or {@code initgtm}, and the configuration. */
    public void make(Node node) {
        String path = node.path();
        if (node.isPostgres()) {
            captured("PGXC_CTL_SILENT=1 initdb -D " + path + " --nodename " + node.name()).orFail();
            append(path + "/postgresql.conf", """
                    #================================================
                    # Added to all the %s postgresql.conf
                    log_destination = 'stderr'
                    logging_collector = on
                    log_directory = 'pg_log'
                    listen_addresses = '*'
                    max_connections = 50
                    #===========================================
                    # Added at initialization. 20261122_17:13:12
                    port = %d
                    pooler_port = %d
                    gtm_host = '127.0.0.1'
                    gtm_port = %d
                    # End of Additon
                    """.formatted(node.role().label(), node.port(), node.poolerPort(), Node.gtm().port()));
            append(path + "/pg_hba.conf", """
                    host all postgres 10.99.0.0/16 trust
                    host replication postgres 10.99.0.0/16 trust
                    """);
            return;
        }
        String kind = node.role().label();
        captured("rm -rf " + path + ";mkdir -p " + path + ";PGXC_CTL_SILENT=1 initgtm -Z " + kind + " -D " + path)
                .orFail();
        String settings = "listen_addresses = '*'\nport = " + node.port() + "\nnodename = '" + node.name() + "'\n";
        append(path + "/" + kind + ".conf", settings + (node.role() == Role.GTM
                ? "startup = ACT\n"
                : "gtm_host = '127.0.0.1'\ngtm_port = " + Node.gtm().port() + "\n"));
    }

    /** As {@code pgxc_ctl}'s {@code start}. */
    public Program.Result start(Node node) {
        String path = node.path();
        return switch (node.role()) {
            case GTM -> captured("[ -f " + path + "/gtm.pid ] && gtm_ctl stop -Z gtm -D " + path
                    + ";rm -f " + path + "/register.node;gtm_ctl start -Z gtm -D " + path);
            case GTM_PROXY -> captured("[ -f " + path + "/gtm_proxy.pid ] && gtm_ctl -D " + path
                    + " -m immediate -Z gtm_proxy stop;gtm_ctl start -Z gtm_proxy -D " + path);
            case COORDINATOR, DATANODE -> captured("pg_ctl start -w -Z " + node.role().label() + " -D " + path
                    + " -o -i");
        };
    }

    /** As {@code pgxc_ctl}'s {@code stop -m fast}. */
    public Program.Result stop(Node node) {
        String path = node.path();
        return node.isPostgres()
                ? captured("pg_ctl stop -w -Z " + node.role().label() + " -D " + path + " -m fast")
                : captured("gtm_ctl stop -Z " + node.role().label() + " -D " + path);
    }

    /** {@code kill -9} of a node's server, and nothing else. */
    public void crash(Node node) {
        ssh.run("kill -9 $(head -n 1 " + node.path() + "/" + node.role().program().pidFileName() + ")").orFail();
    }

    /**
     * Kills a postmaster and its children, as {@code pgxc_ctl kill} does. Postgres-XL's cluster monitor outlives its
     * postmaster, and the next one does not start beside it.
     */
    void crashWithChildren(Node node) {
        ssh.run("P=$(head -n 1 " + node.path() + "/" + node.role().program().pidFileName() + "); kill -9 $P $(pgrep -P $P)")
                .orFail();
    }

    /** A command as {@code pgxc_ctl} wraps it: output to a file, which is fetched and removed. */
    public Program.Result captured(String command) {
        String file = "/tmp/ctl_STDOUT_1_" + OUTPUTS.incrementAndGet();
        Program.Result result = ssh.run("( " + command + " ) > " + file + " 2>&1");
        String output = ssh.run("cat " + file + "; rm -rf " + file).text();
        return new Program.Result(result.code(), output.getBytes(), result.error());
    }

    /** Pipes text to the end of a file on the node. */
    public void append(String file, String text) {
        try {
            Path input = Files.writeString(stage.newDirectory("input").resolve("text"), text);
            ssh.run(input, " cat >> " + file + " ").orFail();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs SQL from outside, with {@code psql} over TCP. */
    public Program.Result sql(Node node, String... statements) {
        return Program.run(Duration.ofSeconds(60), stage.wire().outside(Psql.line(
                Places.prefix().resolve("bin/psql").toString(),
                List.of("-h", sandbox.address(), "-p", Integer.toString(node.port()), "-U", "postgres"), statements)));
    }

    /** Starts SQL from outside and leaves it running. */
    public Program startSql(Node node, String statement) {
        return stage.keep(Program.start(Path.of("/dev/null"), stage.wire().outside(List.of(
                Places.prefix().resolve("bin/psql").toString(), "-XAtq",
                "-h", sandbox.address(), "-p", Integer.toString(node.port()), "-U", "postgres", "-d", "postgres",
                "-c", statement))));
    }

    /** Waits until a node answers SQL with the value. */
    public void awaitSql(Node node, String expected, String statement) {
        Await.until(Await.LONG, expected + " from " + node.name() + " for " + statement, () -> {
            Program.Result result = sql(node, statement);
            return result.code() == 0 && result.text().equals(expected);
        });
    }
}
