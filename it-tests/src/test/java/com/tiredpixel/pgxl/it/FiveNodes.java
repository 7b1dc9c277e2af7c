package com.tiredpixel.pgxl.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** GTM, two datanodes, two coordinators, in one sandbox, of a real Postgres-XL: what a transaction over two needs. */
final class FiveNodes {
    static final Node GTM = Node.gtm();
    static final Node DATA1 = Node.datanode(1);
    static final Node DATA2 = Node.datanode(2);
    static final Node COORD1 = Node.coordinator(1);
    static final Node COORD2 = Node.coordinator(2);
    static final List<Node> NODES = List.of(GTM, DATA1, DATA2, COORD1, COORD2);

    private static Path made;

    private final Sandbox sandbox;
    private final Operator operator;

    private FiveNodes(Stage stage, Sandbox sandbox) {
        this.sandbox = sandbox;
        this.operator = new Operator(stage, sandbox);
    }

    /** Starts a copy of the cluster; the plan may be changed before. */
    static FiveNodes start(Stage stage, String... settings) {
        Path volume = Cluster.copy(stage, original());
        try {
            Path keys = volume.resolve(".ssh/authorized_keys");
            Files.copy(Path.of(stage.key() + ".pub"), keys, StandardCopyOption.REPLACE_EXISTING);
            Kernel.giveToPostgres(keys);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Sandbox.Plan plan = stage.sandbox("five", volume);
        for (String setting : settings) {
            plan.set(setting.split("=", 2)[0], setting.split("=", 2)[1]);
        }
        Sandbox sandbox = plan.start();
        NODES.forEach(node -> sandbox.log().awaitState(0, node, "RUNNING"));
        return new FiveNodes(stage, sandbox);
    }

    /** The cluster in a sandbox that runs already. */
    static FiveNodes on(Stage stage, Sandbox sandbox) {
        return new FiveNodes(stage, sandbox);
    }

    private static synchronized Path original() {
        if (made == null || !Files.isDirectory(made)) {
            Path directory = Places.WORK.resolve("five-" + ProcessHandle.current().pid());
            try (var stage = new Stage(directory)) {
                var five = new FiveNodes(stage, stage.sandbox("five").start());
                NODES.forEach(five.operator::add);
                five.introduce();
                five.sql(COORD1, "CREATE TABLE counters (k int PRIMARY KEY, v int) DISTRIBUTE BY MODULO (k)",
                        "INSERT INTO counters SELECT i, 0 FROM generate_series(0, 9) i");
                if (five.sandbox.stop(Duration.ofSeconds(30)) != 0) {
                    throw new AssertionError(stage.logs());
                }
                made = five.sandbox.volume();
            }
        }
        return made;
    }

    private void introduce() {
        List<Node> members = List.of(DATA1, DATA2, COORD1, COORD2);
        for (Node at : members) {
            var statements = new ArrayList<String>();
            for (Node other : members) {
                statements.add((other.equals(at) ? "ALTER" : "CREATE") + " NODE " + other.name() + " WITH (TYPE = '"
                        + other.role().label() + "', HOST = '127.0.0.1', PORT = " + other.port() + ")");
            }
            statements.add("SELECT pgxc_pool_reload()");
            sql(at, statements.toArray(String[]::new));
        }
    }

    Sandbox sandbox() {
        return sandbox;
    }

    Operator operator() {
        return operator;
    }

    /** @return what psql printed */
    String sql(Node node, String... statements) {
        return operator.sql(node, statements).orFail().text();
    }

    /** @return as it is in the database, or an empty text while it does not answer */
    String ask(Node node, String statement) {
        Program.Result result = operator.sql(node, statement);
        return result.code() == 0 ? result.text() : "";
    }
}
