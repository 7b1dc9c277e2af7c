package com.tiredpixel.pgxl.it.ledger;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Operator;
import com.tiredpixel.pgxl.it.Pgxl;
import com.tiredpixel.pgxl.it.Places;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * GTM, two coordinators and two datanodes of a real Postgres-XL, each in a sandbox of its own with the agent as PID 1.
 * It is made once; later ones begin with copies of its volumes.
 */
public final class LedgerCluster {
    public static final Node GTM = Node.gtm();
    public static final Node COORD1 = Node.coordinator(1);
    public static final Node COORD2 = Node.coordinator(2);
    public static final Node DATA1 = Node.datanode(1);
    public static final Node DATA2 = Node.datanode(2);
    public static final List<Node> NODES = List.of(GTM, DATA1, DATA2, COORD1, COORD2);
    public static final List<Node> COORDINATORS = List.of(COORD1, COORD2);
    public static final List<Node> SERVERS = List.of(COORD1, COORD2, DATA1, DATA2);

    /** In a sandbox of its own, if it is there at all. */
    public static final Node GTM_SLAVE = new Node(Role.GTM, "gtm2", "data/gtm2", 6668);

    /** A slow machine, a recovery from WAL. */
    public static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String SETTINGS = """
            max_prepared_transactions = 250
            max_pool_size = 200
            max_connections = 100
            shared_buffers = 64MB
            gtm_host = 'gtm'
            """;
    /** 9.5 does not know it. */
    private static final String SETTINGS_OF_10 = "gtm_comm_timeout = 20\n";

    private final Stage stage;
    private final Map<Node, Sandbox.Plan> plans = new LinkedHashMap<>();
    private final Map<Node, Sandbox> sandboxes = new LinkedHashMap<>();

    private LedgerCluster(Stage stage, Map<Node, Path> volumes, UnaryOperator<Sandbox.Plan> change) {
        this.stage = stage;
        volumes.forEach((node, volume) -> plans.put(node, change.apply(stage.sandbox(node.name(), volume)
                .set("PGXL_BACKOFF_RESET", "50ms"))));
        plans.forEach((node, plan) -> plans.values().stream()
                .filter(other -> other != plan)
                .forEach(other -> plan.host(other.address(), other.hostname())));
    }

    /** On fresh copies of the volumes. */
    public static LedgerCluster start(Stage stage) {
        return start(stage, copies(stage), plan -> plan);
    }

    /** On these volumes. */
    public static LedgerCluster start(Stage stage, Map<Node, Path> volumes, UnaryOperator<Sandbox.Plan> change) {
        var cluster = new LedgerCluster(stage, volumes, change);
        NODES.forEach(cluster::start);
        NODES.forEach(node -> cluster.sandbox(node).log().awaitState(0, node, "RUNNING"));
        cluster.awaitService();
        return cluster;
    }

    /** @return copies of the volumes of a cluster that was cleanly stopped */
    public static Map<Node, Path> copies(Stage stage) {
        var copies = new LinkedHashMap<Node, Path>();
        Original.volumes().forEach((node, volume) -> copies.put(node, Cluster.copy(stage, volume)));
        return copies;
    }

    /** The volumes that all copies are made from. */
    private static final class Original {
        private static Map<Node, Path> made;

        static synchronized Map<Node, Path> volumes() {
            if (made == null) {
                try (var stage = new Stage(Places.WORK.resolve("original-ledger-" + ProcessHandle.current().pid()))) {
                    var volumes = new LinkedHashMap<Node, Path>();
                    NODES.forEach(node -> volumes.put(node, stage.volume()));
                    var cluster = new LedgerCluster(stage, volumes, plan -> plan);
                    NODES.forEach(cluster::start);
                    cluster.make();
                    backwards(NODES).forEach(node -> cluster.sandbox(node).stop(Duration.ofSeconds(30)));
                    made = volumes;
                }
            }
            return made;
        }
    }

    private static List<Node> backwards(List<Node> nodes) {
        var backwards = new ArrayList<>(nodes);
        Collections.reverse(backwards);
        return backwards;
    }

    private void make() {
        NODES.forEach(node -> {
            var operator = new Operator(stage, sandbox(node));
            operator.make(node);
            if (node.isPostgres()) {
                operator.append(node.path() + "/postgresql.conf", SETTINGS + (Places.serversKnow("gtm_comm_timeout")
                        ? SETTINGS_OF_10 : ""));
            }
            int mark = sandbox(node).log().mark();
            operator.start(node).orFail();
            sandbox(node).log().awaitState(mark, node, "RUNNING");
        });
        for (Node self : SERVERS) {
            var operator = new Operator(stage, sandbox(self));
            SERVERS.forEach(node -> operator.sql(self, (node.equals(self) ? "ALTER" : "CREATE") + " NODE " + node.name()
                    + " WITH (TYPE = '" + node.role().label() + "', HOST = '" + node.name() + "', PORT = " + node.port()
                    + ")").orFail());
            operator.sql(self, "SELECT pgxc_pool_reload()").orFail();
        }
        awaitService();
    }

    /** Adds a GTM slave, and waits until GTM sends it what happens. */
    public LedgerCluster withSlave() {
        Sandbox.Plan slave = stage.sandbox(GTM_SLAVE.name(), stage.volume()).set("PGXL_BACKOFF_RESET", "50ms");
        plans.put(GTM_SLAVE, slave);
        // A slave tells GTM the name of its host, not the address.
        change(GTM, plan -> plan.host(slave.address(), slave.hostname()));
        sandbox(GTM).stop(Duration.ofSeconds(30));
        int mark = sandbox(GTM).log().mark();
        start(GTM);
        sandbox(GTM).log().awaitState(mark, GTM, "RUNNING");
        start(GTM_SLAVE);
        configure(GTM_SLAVE, GTM_SLAVE, "startup = STANDBY\nactive_host = '" + sandbox(GTM).address()
                + "'\nactive_port = " + GTM.port() + "\n");
        awaitFollowing();
        awaitService();
        return this;
    }

    /** Waits until GTM has a connection to its slave. */
    public void awaitFollowing() {
        Await.until(PATIENCE, "connection of GTM to its slave", () -> connections(GTM_SLAVE, GTM_SLAVE.port()) > 0);
    }

    /** Has GTM wait for {@code pgxl start} whenever it has died, as it does without the mends unless it is told not to. */
    public LedgerCluster withWaitingGtm() {
        change(GTM, plan -> plan.set("PGXL_UNMENDED_GTM", "wait"));
        sandbox(GTM).stop(Duration.ofSeconds(30));
        int mark = sandbox(GTM).log().mark();
        start(GTM);
        sandbox(GTM).log().awaitState(mark, GTM, "BLOCKED");
        new Pgxl(sandbox(GTM)).await().run("start", GTM.directory()).orFail();
        awaitService();
        return this;
    }

    /** Puts a proxy beside each coordinator, which from then on asks it and not GTM. */
    public LedgerCluster withProxies() {
        for (Node coordinator : COORDINATORS) {
            Node proxy = proxyOf(coordinator);
            configure(coordinator, proxy, "gtm_host = 'gtm'\ngtm_port = " + GTM.port()
                    + "\ngtm_connect_retry_interval = 1\n");
            sandbox(coordinator).exec("postgres", "printf \"gtm_host = '127.0.0.1'\\ngtm_port = " + proxy.port()
                    + "\\n\" >>" + coordinator.path() + "/postgresql.conf").orFail();
            new Pgxl(sandbox(coordinator)).run("restart", coordinator.directory()).orFail();
        }
        awaitService();
        for (Node coordinator : COORDINATORS) {
            Await.until(PATIENCE, "session that asks the proxy beside " + coordinator.name(), () -> {
                ask(coordinator, "SELECT txid_current()");
                return connections(coordinator, proxyOf(coordinator).port()) > 0;
            });
        }
        return this;
    }

    /** @return the proxy beside a coordinator, in its sandbox */
    public static Node proxyOf(Node coordinator) {
        return new Node(Role.GTM_PROXY, "proxy-" + coordinator.name(), Node.proxy().directory(), Node.proxy().port());
    }

    private void configure(Node where, Node server, String settings) {
        Sandbox sandbox = sandbox(where);
        String kind = server.role().label();
        int mark = sandbox.log().mark();
        sandbox.exec("postgres", "initgtm -Z " + kind + " -D " + server.path() + " && cat >>" + server.path() + "/"
                + kind + ".conf <<'END' && gtm_ctl start -Z " + kind + " -D " + server.path() + "\n"
                + "listen_addresses = '*'\nport = " + server.port() + "\nnodename = '" + server.name() + "'\n"
                + settings + "END").orFail();
        sandbox.log().awaitState(mark, server, "RUNNING");
    }

    /** How many are open to a port, as the kernel of the node's sandbox sees them. */
    private int connections(Node where, int port) {
        String line = String.format(":%04X [0-9A-F]+:[0-9A-F]+ 01 ", port);
        return Integer.parseInt(sandbox(where).exec("postgres",
                "cat /proc/net/tcp /proc/net/tcp6 | grep -cE '" + line + "'; true").text().strip());
    }

    /** Changes how the sandbox of a node is made; it counts from its next start. */
    public void change(Node node, UnaryOperator<Sandbox.Plan> change) {
        change.apply(plans.get(node));
    }

    /** Starts the sandbox of a node, on its volume and at its address. */
    public void start(Node node) {
        sandboxes.put(node, plans.get(node).start());
    }

    public Sandbox sandbox(Node node) {
        return sandboxes.get(node);
    }

    public Stage stage() {
        return stage;
    }

    public String wire() {
        return stage.wire().directory().toString();
    }

    /** A session with a server, that waits for an answer for a minute and a half at most. */
    public Session session(Node node) throws SQLException {
        return session(node, PATIENCE);
    }

    public Session session(Node node, Duration answer) throws SQLException {
        return Session.open(wire(), sandbox(node).address(), node.port(), answer);
    }

    /** @return the one value that a server answers in a session of its own */
    public String ask(Node node, String sql) {
        try (Session session = session(node)) {
            return session.value(sql);
        } catch (SQLException e) {
            throw new AssertionError(node.name() + ", " + sql + ": " + e.getMessage(), e);
        }
    }

    /** Waits until each coordinator answers a question that each datanode has a part of. */
    public void awaitService() {
        for (Node coordinator : COORDINATORS) {
            Await.until(PATIENCE, "answer of all datanodes to " + coordinator.name(), () -> {
                try (Session session = session(coordinator, Duration.ofSeconds(10))) {
                    session.run("EXECUTE DIRECT ON (data1) 'SELECT 1'", "EXECUTE DIRECT ON (data2) 'SELECT 1'");
                    return true;
                } catch (SQLException e) {
                    return false;
                }
            });
        }
    }
}
