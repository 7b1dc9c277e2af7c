package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The whole of {@code pgxc_ctl}'s life on a real Postgres-XL, {@code pgxc_ctl} itself driving, each node in a
 * sandbox of its own.
 */
@OnStage
class PgxcCtlIT {

    private static final String GTM = "gtm";
    private static final String COORD_1 = "coord1";
    private static final String COORD_2 = "coord2";
    private static final String DATA_1 = "data1";
    private static final String DATA_2 = "data2";
    private static final String GTM_SLAVE = "gtmslave";
    private static final String PROXY = "proxy";
    private static final String COORD_1_SLAVE = "coord1slave";
    private static final String DATA_1_SLAVE = "data1slave";

    private static final String ALL_ROWS = "5000";
    private static final String COUNT = "SELECT count(*) FROM kept";
    private static final String PORTS = " " + ControlledCluster.PORT + " " + ControlledCluster.POOLER_PORT + " "
            + ControlledCluster.DIRECTORY + " ";

    private ControlledCluster cluster;
    private final Set<String> expected = new TreeSet<>();

    @Test
    void thePgxcCtlWalkFromAnEmptyClusterToFailoverAndRestarts(Stage stage) {
        assumeTrue(Places.realPostgresXl(), () -> {
            String reason = "there is no real Postgres-XL here";
            System.out.println("SKIPPED PgxcCtlIT: " + reason);
            return reason;
        });
        cluster = new ControlledCluster(stage, List.of(GTM, COORD_1, COORD_2, DATA_1, DATA_2, GTM_SLAVE, PROXY,
                COORD_1_SLAVE, DATA_1_SLAVE));
        long start = System.nanoTime();
        addMasters();
        System.out.println("MEASURED five nodes added by pgxc_ctl: " + (System.nanoTime() - start) / 1_000_000 + " ms");
        writeRows();
        stopAndStart("coordinator master coord_2", COORD_2, "coordinator");
        stopAndStart("datanode master data_2", DATA_2, "datanode");
        stopAndStart("gtm master", GTM, "gtm");
        killAndStart("coordinator master coord_2", COORD_2, "coordinator");
        killAndStart("datanode master data_2", DATA_2, "datanode");
        killAndStart("gtm master", GTM, "gtm");
        addSlavesAndProxy();
        renewContainers();
        failOver();
        removeClean();
        renewContainers();
    }

    private void addMasters() {
        add("gtm master gtm_m " + GTM + " " + ControlledCluster.PORT + " " + ControlledCluster.DIRECTORY, GTM,
                "gtm", "gtm master");
        add("coordinator master coord_1 " + COORD_1 + PORTS + "none none", COORD_1,
                "coordinator", "coordinator master coord_1");
        add("coordinator master coord_2 " + COORD_2 + PORTS + "none none", COORD_2,
                "coordinator", "coordinator master coord_2");
        add("datanode master data_1 " + DATA_1 + PORTS + "none none none", DATA_1,
                "datanode", "datanode master data_1");
        add("datanode master data_2 " + DATA_2 + PORTS + "none none none", DATA_2,
                "datanode", "datanode master data_2");
        awaitAllRunning();
    }

    private void add(String what, String host, String role, String monitored) {
        int mark = cluster.sandbox(host).log().mark();
        cluster.pgxcCtl("add " + what);
        awaitState(host, mark, role, "RUNNING");
        expected.add(monitored);
    }

    private void writeRows() {
        assertEquals(0, cluster.sql(COORD_1, "CREATE TABLE kept (i int PRIMARY KEY) DISTRIBUTE BY HASH (i)").code());
        assertEquals(0, cluster.sql(COORD_1, "INSERT INTO kept SELECT generate_series(1, " + ALL_ROWS + ")").code());
        awaitRows();
        for (String datanode : List.of("data_1", "data_2")) {
            String part = cluster.sql(COORD_1, "EXECUTE DIRECT ON (" + datanode + ") '" + COUNT + "'").orFail().text();
            assertTrue(Integer.parseInt(part) > 1000, datanode + " has " + part);
        }
    }

    private void stopAndStart(String what, String host, String role) {
        int mark = cluster.sandbox(host).log().mark();
        cluster.pgxcCtl("stop " + (role.equals("gtm") ? "" : "-m fast ") + what);
        int stopped = awaitState(host, mark, role, "STOPPED");
        Await.stays(Duration.ofSeconds(3), what + " stays down", () ->
                cluster.sandbox(host).log().lines(stopped, ": STARTING").isEmpty());
        assertTrue(monitor().contains("Not running: " + what), what);
        cluster.pgxcCtl("start " + what);
        awaitState(host, stopped, role, "RUNNING");
        awaitAllRunning();
        awaitRows();
    }

    /** The agent brings back what {@code pgxc_ctl} killed, or leaves it to a start: never two, never none. */
    private void killAndStart(String what, String host, String role) {
        int mark = cluster.sandbox(host).log().mark();
        cluster.pgxcCtl("kill " + what);
        cluster.pgxcCtl("start " + what);
        awaitState(host, mark, role, "RUNNING");
        awaitAllRunning();
        awaitRows();
    }

    private void addSlavesAndProxy() {
        add("gtm slave gtm_s " + GTM_SLAVE + " " + ControlledCluster.PORT + " " + ControlledCluster.DIRECTORY,
                GTM_SLAVE, "gtm", "gtm slave");
        add("gtm_proxy proxy_1 " + PROXY + " " + ControlledCluster.PORT + " " + ControlledCluster.DIRECTORY, PROXY,
                "gtm_proxy", "gtm proxy proxy_1");
        add("coordinator slave coord_1 " + COORD_1_SLAVE + PORTS + "/var/lib/postgres/archive", COORD_1_SLAVE,
                "coordinator", "coordinator slave coord_1");
        add("datanode slave data_1 " + DATA_1_SLAVE + PORTS + "none /var/lib/postgres/archive", DATA_1_SLAVE,
                "datanode", "datanode slave data_1");
        awaitAllRunning();
        awaitRows();
    }

    private void failOver() {
        long start = System.nanoTime();
        int mark = cluster.sandbox(DATA_1_SLAVE).log().mark();
        cluster.pgxcCtl("failover datanode data_1");
        awaitState(DATA_1_SLAVE, mark, "datanode", "RUNNING");
        System.out.println("MEASURED failover datanode: " + (System.nanoTime() - start) / 1_000_000 + " ms");
        expected.remove("datanode slave data_1");
        awaitAllRunning();
        awaitRows();
    }

    private void removeClean() {
        cluster.pgxcCtl("remove coordinator slave coord_1 clean");
        cluster.pgxcCtl("remove gtm_proxy proxy_1 clean");
        cluster.pgxcCtl("remove gtm slave clean");
        expected.removeAll(List.of("coordinator slave coord_1", "gtm proxy proxy_1", "gtm slave"));
        awaitAllRunning();
        awaitRows();
        for (String host : List.of(COORD_1_SLAVE, PROXY, GTM_SLAVE)) {
            Await.until(Await.LONG, "end of servers on " + host, () -> cluster.sandbox(host).processes().lines()
                    .noneMatch(line -> line.matches(".* (gtm|gtm_proxy|postgres) +(postgres|gtm|/usr/local).*")));
        }
    }

    /** New containers on the old volumes, one after the other, the GTM in the middle of it. */
    private void renewContainers() {
        for (String host : List.of(COORD_2, DATA_2, GTM, COORD_1)) {
            assertEquals(0, cluster.renew(host), host);
            cluster.sandbox(host).log().await(": RUNNING: ");
        }
        awaitAllRunning();
        awaitRows();
    }

    private void awaitRows() {
        for (String coordinator : List.of(COORD_1, COORD_2)) {
            cluster.awaitSql(coordinator, ALL_ROWS, COUNT);
        }
    }

    private int awaitState(String host, int mark, String role, String state) {
        return cluster.sandbox(host).log()
                .await(mark, "^\\S+ +[A-Z]+ +" + role + " data/node: " + state + ": .*$", Duration.ofSeconds(90)).end();
    }

    private String monitor() {
        return cluster.control("pgxc_ctl monitor all").text();
    }

    private void awaitAllRunning() {
        try {
            Await.until(Duration.ofSeconds(120), "nodes", () -> {
                String said = monitor();
                return !said.contains("Not running") && running(said).equals(expected);
            });
        } catch (AssertionError e) {
            throw new AssertionError("expected " + expected + "\n" + monitor(), e);
        }
    }

    private static Set<String> running(String said) {
        var nodes = new TreeSet<String>();
        said.lines().filter(line -> line.startsWith("Running: "))
                .forEach(line -> nodes.add(line.substring("Running: ".length()).strip()));
        return nodes;
    }
}
