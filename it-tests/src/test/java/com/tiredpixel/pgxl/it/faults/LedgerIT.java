package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Pgxl;
import com.tiredpixel.pgxl.it.Places;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Stage;
import com.tiredpixel.pgxl.it.ledger.Books;
import com.tiredpixel.pgxl.it.ledger.Ledger;
import com.tiredpixel.pgxl.it.ledger.LedgerCluster;
import com.tiredpixel.pgxl.it.ledger.Resolver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Faults under a load that sees what a cluster loses: see {@link Ledger}. After each fault every client is acknowledged
 * again within a minute and a half, and the books balance.
 */
@Faults
class LedgerIT {
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final int FROZEN_SECONDS = 10;
    private static final int FULL_SECONDS = 5;

    private static final Set<String> QUICK = Set.of("`kill -9` of GTM", "`kill -9` of one backend of a datanode",
            "container of a datanode stopped", "containers of all at once killed");

    /** What breaks. */
    private record Blow(String fault, Deed deed) {
        @Override
        public String toString() {
            return fault;
        }
    }

    /** Breaks it; what the agent or Docker would not bring back it brings back. */
    private interface Deed {
        void on(LedgerCluster cluster) throws Exception;
    }

    @BeforeAll
    static void realServers() {
        assumeTrue(Places.realPostgresXl(), () -> {
            String reason = "transactions over two datanodes need a real Postgres-XL, and there is none under PGXL_PREFIX:"
                    + " only the loss of one node's rows is looked for here";
            System.out.println("SKIPPED LedgerIT: " + reason);
            return reason;
        });
    }

    /** In the quick form the ones that lost most without the mends. */
    static Stream<Blow> blows() {
        return all().filter(blow -> !Scale.isQuick() || QUICK.contains(blow.fault()));
    }

    private static Stream<Blow> all() {
        return Stream.of(
                killed("GTM", LedgerCluster.GTM),
                killed("a datanode", LedgerCluster.DATA2),
                killed("a coordinator", LedgerCluster.COORD1),
                killed("both datanodes", LedgerCluster.DATA1, LedgerCluster.DATA2),
                backend("a datanode", LedgerCluster.DATA2),
                backend("a coordinator", LedgerCluster.COORD1),
                new Blow("`pgxl restart` of GTM", cluster -> new Pgxl(cluster.sandbox(LedgerCluster.GTM))
                        .run("restart", LedgerCluster.GTM.name()).orFail()),
                new Blow("GTM stopped for 3 s by `pgxl stop`", cluster -> {
                    var pgxl = new Pgxl(cluster.sandbox(LedgerCluster.GTM));
                    pgxl.run("stop", LedgerCluster.GTM.name()).orFail();
                    pause(3);
                    pgxl.run("start", LedgerCluster.GTM.name()).orFail();
                }),
                container("killed", "a datanode", List.of(LedgerCluster.DATA2)),
                container("stopped", "a datanode", List.of(LedgerCluster.DATA2)),
                container("killed", "a coordinator", List.of(LedgerCluster.COORD1)),
                container("stopped", "a coordinator", List.of(LedgerCluster.COORD1)),
                container("killed", "GTM", List.of(LedgerCluster.GTM)),
                container("stopped", "GTM", List.of(LedgerCluster.GTM)),
                container("killed", "all at once", LedgerCluster.NODES),
                frozen("GTM", LedgerCluster.GTM),
                frozen("a datanode", LedgerCluster.DATA2),
                frozen("a coordinator", LedgerCluster.COORD1));
    }

    private static Blow killed(String what, Node... nodes) {
        return new Blow("`kill -9` of " + what, cluster -> {
            for (Node node : nodes) {
                cluster.sandbox(node).exec("root", "kill -9 " + cluster.sandbox(node).nodePid(node).orElseThrow());
            }
        });
    }

    /** As the OOM killer does: the others of its postmaster are thrown out, and it recovers. */
    private static Blow backend(String what, Node node) {
        return new Blow("`kill -9` of one backend of " + what, cluster -> cluster.sandbox(node).exec("root",
                "kill -9 $(pgrep -f '^postgres: postgres postgres' | shuf -n 1)"));
    }

    private static Blow container(String how, String what, List<Node> nodes) {
        return new Blow((nodes.size() > 1 ? "containers of " : "container of ") + what + " " + how, cluster -> {
            CompletableFuture.allOf(nodes.stream().map(node -> CompletableFuture.runAsync(() -> {
                if (how.equals("killed")) {
                    cluster.sandbox(node).kill();
                    cluster.sandbox(node).exitCode(STOP);
                } else {
                    cluster.sandbox(node).stop(STOP);
                }
            })).toArray(CompletableFuture[]::new)).join();
            nodes.forEach(cluster::start);
        });
    }

    private static Blow frozen(String what, Node node) {
        String servers = "$(pgrep -x " + (node.isPostgres() ? "postgres" : node.role().label()) + ")";
        return new Blow("SIGSTOP of " + what + " for " + FROZEN_SECONDS + " s", cluster -> {
            cluster.sandbox(node).exec("root", "kill -STOP " + servers);
            pause(FROZEN_SECONDS);
            cluster.sandbox(node).exec("root", "kill -CONT " + servers);
        });
    }

    @ParameterizedTest
    @MethodSource("blows")
    void nothingAcknowledgedIsLostAndNothingIsThereByHalf(Blow blow, Stage stage) throws Exception {
        strike(blow, LedgerCluster.start(stage));
    }

    /** Of a datanode, which ends itself when it cannot write its WAL, and of GTM, which has to refuse. */
    @ParameterizedTest
    @MethodSource("volumesThatFill")
    void aFullDiskLosesNothing(Node node, Stage stage) throws Exception {
        var volumes = new LinkedHashMap<Node, Path>(LedgerCluster.copies(stage));
        Path small = stage.newDirectory("small");
        shell("mount -t tmpfs -o size=" + (node.isPostgres() ? "400m" : "20m") + ",mode=700 tmpfs " + small);
        stage.keep(() -> shell("umount -l " + small));
        shell("cp -a " + volumes.get(node) + "/. " + small + " && chown 999:999 " + small);
        volumes.put(node, small);
        strike(new Blow("a full disk of " + KilledServersIT.spoken(node) + " for " + FULL_SECONDS + " s", cluster -> {
            cluster.sandbox(node).exec("postgres", "cat /dev/zero >/var/lib/postgres/fill; true");
            pause(FULL_SECONDS);
            cluster.sandbox(node).exec("root", "rm /var/lib/postgres/fill").orFail();
        }), LedgerCluster.start(stage, volumes, plan -> plan.set("PGXL_BACKOFF_MAX", "2s")));
    }

    static Stream<Node> volumesThatFill() {
        return Scale.isQuick() ? Stream.of(LedgerCluster.GTM) : Stream.of(LedgerCluster.DATA1, LedgerCluster.GTM);
    }

    private static void strike(Blow blow, LedgerCluster cluster) throws Exception {
        var seen = new Seen();
        try (var row = new Row(12, blow.fault() + ", two-datanode transactions", LedgerIT.class)
                        .opposite("the same servers without the mends: below; `theBooksShowARowThatIsTakenAway`");
                var resolver = new Resolver(cluster);
                var ledger = new Ledger(cluster)) {
            try {
                for (int i = 0; i < Scale.times(1, 100); i++) {
                    row.round(() -> {
                        pause(1 + ThreadLocalRandom.current().nextDouble());
                        Map<Node, Integer> marks = marks(cluster);
                        blow.deed().on(cluster);
                        long start = System.nanoTime();
                        cluster.awaitService();
                        ledger.awaitCommits(LedgerCluster.PATIENCE);
                        row.timed(start);
                        Books books = ledger.audit(resolver);
                        seen.add(books);
                        assertTrue(books.balance(), books + told(cluster, marks));
                    });
                }
            } finally {
                row.note(seen + "; " + resolver.counts() + "; times: to the next commit of all eight clients");
            }
        }
    }

    /** What became of all rounds together. */
    private static final class Seen {
        private long acknowledged;
        private long lost;
        private long halves;
        private long unbalanced;

        void add(Books books) {
            acknowledged += books.acknowledged();
            lost += books.lost().size();
            halves += books.halves().size() + books.torn().size();
            unbalanced += books.sum() == 0 && books.moved() == 0 ? 0 : 1;
        }

        @Override
        public String toString() {
            return acknowledged + " transactions acknowledged, " + lost + " lost, " + halves + " by half, counters wrong "
                    + unbalanced + " times";
        }
    }

    private static Map<Node, Integer> marks(LedgerCluster cluster) {
        var marks = new LinkedHashMap<Node, Integer>();
        LedgerCluster.NODES.forEach(node -> marks.put(node, cluster.sandbox(node).log().mark()));
        return marks;
    }

    private static String told(LedgerCluster cluster, Map<Node, Integer> marks) {
        var told = new StringBuilder();
        marks.forEach((node, mark) -> cluster.sandbox(node).log().lines(mark, "").stream()
                .filter(line -> line.contains("PANIC") || line.contains("FATAL") || line.contains("RUNNING")).limit(5)
                .forEach(line -> told.append("\n  ").append(node.name()).append(": ").append(line)));
        return told.toString();
    }

    /** The negative control of the books: a row, a half of one, and a unit of a counter, each taken away behind their back. */
    @Test
    void theBooksShowARowThatIsTakenAway(Stage stage) throws Exception {
        LedgerCluster cluster = LedgerCluster.start(stage);
        try (var resolver = new Resolver(cluster); var ledger = new Ledger(cluster)) {
            assertTrue(ledger.audit(resolver).balance());
            ledger.awaitCommits(LedgerCluster.PATIENCE);
            String id = cluster.ask(LedgerCluster.COORD1, "SELECT min(id) FROM ledger");
            run(cluster, "DELETE FROM ledger WHERE id = " + id);
            Books gone = ledger.audit(resolver);
            assertEquals(List.of(Long.valueOf(id)), gone.lost(), gone.toString());
            assertEquals(1, gone.moved());

            ledger.awaitCommits(LedgerCluster.PATIENCE);
            id = cluster.ask(LedgerCluster.COORD1, "SELECT min(id) FROM ledger");
            run(cluster, "DELETE FROM ledger WHERE half = 1 AND id = " + id);
            Books half = ledger.audit(resolver);
            assertEquals(List.of(Long.valueOf(id)), half.halves(), half.toString());

            run(cluster, "UPDATE counters SET v = v + 1 WHERE k = 0");
            assertEquals(1, ledger.audit(resolver).sum());
        }
    }

    private static void run(LedgerCluster cluster, String sql) throws Exception {
        try (var session = cluster.session(LedgerCluster.COORD1)) {
            session.run(sql);
        }
    }

    private static void pause(double seconds) {
        LockSupport.parkNanos((long) (seconds * 1_000_000_000));
    }

    private static void shell(String command) {
        Program.run(Duration.ofMinutes(5), List.of("bash", "-euc", command)).orFail();
    }
}
