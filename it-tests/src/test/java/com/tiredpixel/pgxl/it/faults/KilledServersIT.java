package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Pgxl;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code kill -9} of every server under a client that counts what was acknowledged to it. */
@Faults
class KilledServersIT {
    /** A real coordinator needs a while to reach a GTM again that was gone. */
    private static final Duration RECOVERY = Duration.ofSeconds(120);

    /** Clusters whose children are killed side by side. */
    private static final int CONTAINERS = 4;

    private static final List<Node> SERVERS =
            List.of(Cluster.GTM, Cluster.PROXY, Cluster.DATANODE, Cluster.COORDINATOR);

    static Stream<Node> servers() {
        return SERVERS.stream();
    }

    static Stream<Node> postmasters() {
        return Stream.of(Cluster.DATANODE, Cluster.COORDINATOR);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aKilledServerIsBackWithEveryAcknowledgedRow(Node node, Stage stage) {
        Cluster cluster = cluster(stage, node.equals(Cluster.PROXY));
        Sandbox sandbox = cluster.sandbox();
        var strangers = new Strangers(cluster, node);
        var commits = new ArrayList<Long>();
        try (var row = new Row(2, "`kill -9` of a " + spoken(node) + " under load", KilledServersIT.class)
                        .opposite("`aHeldServerStaysDownAfterItsDeath`, `rowsThatWereNeverOnDiskAreMissed`");
                var load = new Load(cluster, cluster.keeper(node))) {
            for (int i = 0; i < Scale.times(3, 100); i++) {
                row.round(() -> {
                    int mark = sandbox.log().mark();
                    int pid = sandbox.nodePid(node).orElseThrow();
                    long start = System.nanoTime();
                    sandbox.exec("root", "kill -9 " + pid).orFail();
                    sandbox.log().awaitState(mark, node, "RUNNING");
                    row.timed(start);
                    load.awaitCommit(RECOVERY);
                    commits.add((System.nanoTime() - start) / 1_000_000);
                    assertEquals(0, strangers.ended(), "strangers were ended");
                });
            }
            Ending.of(cluster, load).tell(row);
            row.note("next commit p50 " + commits.stream().sorted().toList().get(commits.size() / 2) + " ms");
        }
    }

    /** In several containers, because a round of all kinds takes the minute of {@link #child}, and most of it is waiting. */
    @ParameterizedTest
    @MethodSource("postmasters")
    void aKilledChildIsReplacedByItsPostmasterAndTheAgentLeavesItAlone(Node node, Stage stage) throws Exception {
        int times = Scale.times(1, 100);
        var clusters = new ArrayList<Cluster>();
        for (int i = 0; i < Math.min(times, CONTAINERS); i++) {
            clusters.add(cluster(stage, false));
        }
        var pool = Executors.newFixedThreadPool(clusters.size());
        try (var row = new Row(2, "`kill -9` of a child of a " + spoken(node) + " under load", KilledServersIT.class)
                .opposite("`rowsThatWereNeverOnDiskAreMissed`")) {
            var rounds = new AtomicInteger(times);
            var kinds = new ConcurrentSkipListSet<String>();
            var ending = Ending.NONE;
            for (Future<Ending> one : pool.invokeAll(clusters.stream()
                    .<Callable<Ending>>map(cluster -> () -> killChildren(cluster, node, rounds, kinds, row)).toList())) {
                ending = ending.plus(one.get());
            }
            ending.tell(row);
            row.note("containers: " + clusters.size() + "; the times are to the next commit; " + times
                    + " times each: " + String.join(", ", kinds));
        } finally {
            pool.shutdownNow();
        }
    }

    /** Kills a child of each kind, one after the other, as often as there are rounds left. */
    private static Ending killChildren(Cluster cluster, Node node, AtomicInteger rounds, Set<String> killed, Row row) {
        Sandbox sandbox = cluster.sandbox();
        var strangers = new Strangers(cluster, node);
        try (var load = new Load(cluster, cluster.keeper(node))) {
            int postmaster = sandbox.nodePid(node).orElseThrow();
            Set<String> kinds = children(sandbox, postmaster).keySet();
            killed.addAll(kinds);
            int mark = sandbox.log().mark();
            while (rounds.getAndDecrement() > 0) {
                for (String kind : kinds) {
                    row.round(() -> {
                        String victim = child(sandbox, postmaster, kind);
                        long start = System.nanoTime();
                        sandbox.exec("root", "kill -9 " + victim).orFail();
                        load.awaitCommit(RECOVERY);
                        row.timed(start);
                        assertEquals(postmaster, sandbox.nodePid(node).orElseThrow(), "the postmaster is another one");
                        assertEquals(List.of(), sandbox.log().states(mark, node));
                        assertEquals(0, strangers.ended(), "strangers were ended");
                    });
                }
            }
            return Ending.of(cluster, load);
        }
    }

    /** The negative control of "comes back": nothing but the agent brings a server back. */
    @Test
    void aHeldServerStaysDownAfterItsDeathAndAnEndedStrangerIsCounted(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.COORDINATOR;
        var strangers = new Strangers(cluster, node);
        new Pgxl(cluster.sandbox()).await().run("hold", node.name()).orFail();
        int mark = cluster.sandbox().log().mark();
        cluster.operator().crash(node);
        cluster.sandbox().log().awaitState(mark, node, "HELD");
        Await.stays(Duration.ofSeconds(3), "that it is down", () ->
                cluster.operator().sql(node, "SELECT 1").code() != 0);
        assertEquals(0, strangers.ended());
        strangers.endOne();
        assertEquals(1, strangers.ended());
    }

    /** What a killed postmaster leaves keeps its shared memory for up to 30 s, and {@code pg_ctl start} then fails. */
    @Test
    void theOperatorsStartOfAHeldServerSucceedsAsSoonAsItsDeathIsTold(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        new Pgxl(cluster.sandbox()).await();
        for (Node node : List.of(Cluster.COORDINATOR, Cluster.DATANODE)) {
            new Pgxl(cluster.sandbox()).run("hold", node.directory()).orFail();
            for (int i = 0; i < Scale.times(1, 10); i++) {
                int mark = cluster.sandbox().log().mark();
                cluster.operator().crash(node);
                cluster.sandbox().log().awaitState(mark, node, "HELD");
                cluster.operator().start(node).orFail();
                cluster.sandbox().log().awaitState(mark, node, "RUNNING");
            }
        }
    }

    /** The negative control of "every row is there": acknowledged before they were written, and then lost. */
    @Test
    void rowsThatWereNeverOnDiskAreMissed(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.DATANODE;
        for (Node postmaster : List.of(Cluster.DATANODE, Cluster.COORDINATOR)) {
            cluster.operator().append(postmaster.path() + "/postgresql.conf",
                    "synchronous_commit = off\nwal_writer_delay = 10s\n");
            new Pgxl(cluster.sandbox()).await().run("restart", postmaster.directory()).orFail();
        }
        try (var load = new Load(cluster, cluster.keeper(node))) {
            Await.until(Await.LONG, "commits", () -> load.commits() > 50);
            int mark = cluster.sandbox().log().mark();
            int pid = cluster.sandbox().nodePid(node).orElseThrow();
            cluster.sandbox().exec("root", "kill -9 " + pid + " $(pgrep -P " + pid + ")").orFail();
            cluster.sandbox().log().awaitState(mark, node, "RUNNING");
            load.awaitCommit(RECOVERY);
            assertFalse(load.missing().isEmpty(), "nothing is missing of " + load.commits());
        }
    }

    /** Crashes are a second apart, so each counts as the first. */
    private static Cluster cluster(Stage stage, boolean proxyBeforeGtm) {
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage))
                .set("PGXL_BACKOFF_RESET", "50ms"));
        if (!proxyBeforeGtm) {
            return cluster;
        }
        cluster.operator().add(Cluster.PROXY);
        cluster.operator().append(Cluster.COORDINATOR.path() + "/postgresql.conf",
                "gtm_port = " + Cluster.PROXY.port() + "\n");
        new Pgxl(cluster.sandbox()).await().run("restart", Cluster.COORDINATOR.directory()).orFail();
        cluster.awaitRows(Cluster.COORDINATOR);
        return cluster;
    }

    /**
     * Waits for a child of a kind. A statistics collector is started at most once a minute (PGSTAT_RESTART_INTERVAL). The
     * crash of another child lifts that, but only while the collector lives, so one that was killed waits for its minute.
     */
    private static String child(Sandbox sandbox, int postmaster, String kind) {
        return Await.value(RECOVERY, kind, () -> Optional.ofNullable(children(sandbox, postmaster).get(kind)).map(String::valueOf));
    }

    /** Children of a postmaster by kind; of several of one kind the first. */
    private static Map<String, Integer> children(Sandbox sandbox, int postmaster) {
        return sandbox.exec("root", "ps -o pid=,stat=,args= --ppid " + postmaster).text().lines()
                .map(line -> line.strip().split(" +", 3))
                .filter(words -> !words[1].startsWith("Z") && words[2].startsWith("postgres: "))
                .collect(Collectors.toMap(words -> kind(words[2]), words -> Integer.valueOf(words[0]), (a, b) -> a));
    }

    private static String kind(String title) {
        String text = title.substring("postgres: ".length()).strip();
        return text.matches("postgres postgres .*") ? "backend" : text.replaceAll(" process.*|[^a-z ].*", "").strip();
    }

    static String spoken(Node node) {
        return node.role() == Role.GTM_PROXY ? "GTM proxy" : node.role() == Role.GTM ? "GTM" : node.role().label();
    }
}
