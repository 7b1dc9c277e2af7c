package com.tiredpixel.pgxl.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The smallest that holds rows: GTM, one datanode, one coordinator, all in one sandbox. It is made once, over
 * SSH; later tests begin with a copy of its volume.
 */
public final class Cluster {

    public static final Node GTM = Node.gtm();
    public static final Node PROXY = Node.proxy();
    public static final Node DATANODE = Node.datanode(1);
    public static final Node COORDINATOR = Node.coordinator(1);
    /** In the order in which they start. */
    public static final List<Node> NODES = List.of(GTM, DATANODE, COORDINATOR);

    /** How many rows there are. */
    public static final int ROWS = 1000;

    private final Stage stage;
    private final Sandbox sandbox;
    private final Operator operator;

    private Cluster(Stage stage, Sandbox sandbox) {
        this.stage = stage;
        this.sandbox = sandbox;
        this.operator = new Operator(stage, sandbox);
    }

    /** Makes the nodes and the rows on the empty volume of a sandbox. */
    public static Cluster make(Stage stage, Sandbox sandbox) {
        var cluster = new Cluster(stage, sandbox);
        NODES.forEach(cluster.operator::add);
        if (Places.realPostgresXl()) {
            cluster.introduce();
        }
        for (Node node : List.of(COORDINATOR, DATANODE)) {
            if (cluster.keeper(node).equals(node)) {
                cluster.operator.sql(node, "CREATE TABLE kept (i int)",
                        "INSERT INTO kept SELECT generate_series(1, " + ROWS + ")").orFail();
            }
        }
        return cluster;
    }

    /** Starts a sandbox on a volume that holds a cluster, and waits until its nodes run. */
    public static Cluster start(Stage stage, Sandbox.Plan plan) {
        Sandbox sandbox = plan.start();
        NODES.forEach(node -> sandbox.log().awaitState(0, node, "RUNNING"));
        return new Cluster(stage, sandbox);
    }

    /** A cluster in a sandbox that runs already, whatever its nodes do. */
    public static Cluster on(Stage stage, Sandbox sandbox) {
        return new Cluster(stage, sandbox);
    }

    /** As {@link #start(Stage, Sandbox.Plan)}, on a fresh copy of the cluster. */
    public static Cluster start(Stage stage) {
        return start(stage, stage.sandbox("node", volume(stage)));
    }

    /** @return a copy of a volume with the cluster on it, cleanly stopped, and our key */
    public static Path volume(Stage stage) {
        Path volume = copy(stage, Original.volume());
        try {
            Files.copy(
                    Path.of(stage.key() + ".pub"),
                    volume.resolve(".ssh/authorized_keys"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Kernel.giveToPostgres(volume.resolve(".ssh/authorized_keys"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return volume;
    }

    /** @return a copy of a volume that nobody works on */
    public static Path copy(Stage stage, Path original) {
        Path volume = stage.newDirectory("volume");
        Program.run(Await.LONG, List.of("cp", "-a", "--reflink=auto", original + "/.", volume.toString())).orFail();
        return volume;
    }

    /** The volume that all copies are made from. */
    private static final class Original {
        private static Path made;

        static synchronized Path volume() {
            // A second try of failed tests begins by clearing what the first run left.
            if (made == null || !Files.isDirectory(made)) {
                Path directory = Places.WORK.resolve("original-" + ProcessHandle.current().pid());
                try (var stage = new Stage(directory)) {
                    Cluster cluster = make(stage, stage.sandbox("original").start());
                    int code = cluster.sandbox.stop(Duration.ofSeconds(30));
                    if (code != 0) {
                        throw new AssertionError("exit " + code + "\n" + stage.logs());
                    }
                    made = cluster.sandbox.volume();
                }
            }
            return made;
        }
    }

    public Sandbox sandbox() {
        return sandbox;
    }

    public Operator operator() {
        return operator;
    }

    public Stage stage() {
        return stage;
    }

    /**
     * @return the node that answers for the rows of another: a real datanode takes no table of its own, and a
     *     GTM has none
     */
    public Node keeper(Node node) {
        return Places.realPostgresXl() || !node.isPostgres() ? COORDINATOR : node;
    }

    /** Waits until the rows are there, as the node's keeper sees them. */
    public void awaitRows(Node node) {
        operator.awaitSql(keeper(node), Integer.toString(ROWS), "SELECT count(*) FROM kept");
    }

    /** @return what {@code pg_controldata} says of a node's state */
    public String controlState(Node node) {
        Program.Result said = Program.run(Await.LONG, List.of(
                Places.prefix().resolve("bin/pg_controldata").toString(),
                sandbox.volume().resolve(node.directory()).toString())).orFail();
        return said.text().lines()
                .filter(line -> line.startsWith("Database cluster state:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst().orElse("");
    }

    /** Tells the nodes of each other, as {@code pgxc_ctl} does after an {@code add}. */
    private void introduce() {
        String coordinator = "NODE " + COORDINATOR.name() + " WITH (TYPE = 'coordinator', HOST = '127.0.0.1', PORT = "
                + COORDINATOR.port() + ")";
        String datanode = "NODE " + DATANODE.name() + " WITH (TYPE = 'datanode', HOST = '127.0.0.1', PORT = "
                + DATANODE.port() + ", PRIMARY, PREFERRED)";
        operator.sql(COORDINATOR, "ALTER " + coordinator, "CREATE " + datanode, "SELECT pgxc_pool_reload()").orFail();
        operator.sql(DATANODE, "ALTER " + datanode, "CREATE " + coordinator, "SELECT pgxc_pool_reload()").orFail();
    }
}
