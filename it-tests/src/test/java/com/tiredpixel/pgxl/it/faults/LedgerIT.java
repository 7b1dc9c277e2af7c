package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Places;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import com.tiredpixel.pgxl.it.ledger.Books;
import com.tiredpixel.pgxl.it.ledger.Ledger;
import com.tiredpixel.pgxl.it.ledger.LedgerCluster;
import com.tiredpixel.pgxl.it.ledger.Observer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
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
    private static final int FULL_SECONDS = 5;
    private static final int KILLS_UNTIL_IN_DOUBT = 20;
    /** The agents' own resolver acts so early, to have more rounds in an hour; a sound commit is prepared for milliseconds. */
    private static final String IN_DOUBT_AGE = System.getProperty("pgxl.ledger.age", "3s");

    @BeforeAll
    static void realServers() {
        assumeTrue(Places.realPostgresXl(), () -> {
            String reason = "transactions over two datanodes need a real Postgres-XL, and there is none under PGXL_PREFIX:"
                    + " only the loss of one node's rows is looked for here";
            System.out.println("SKIPPED LedgerIT: " + reason);
            return reason;
        });
    }

    static Stream<LedgerFault> faults() {
        return LedgerFault.chosen();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void nothingAcknowledgedIsLostAndNothingIsThereByHalf(LedgerFault fault, Stage stage) throws Exception {
        strike(fault, fault.setup().apply(start(stage)));
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
        String words = "a full disk of " + KilledServersIT.spoken(node) + " for " + FULL_SECONDS + " s";
        strike(new LedgerFault(words, (cluster, ledger) -> {
            cluster.sandbox(node).exec("postgres", "cat /dev/zero >/var/lib/postgres/fill; true");
            LedgerFault.pause(FULL_SECONDS);
            cluster.sandbox(node).exec("root", "rm /var/lib/postgres/fill").orFail();
        }), LedgerCluster.start(stage, volumes, plan -> soon(plan).set("PGXL_BACKOFF_MAX", "2s")));
    }

    static Stream<Node> volumesThatFill() {
        return Scale.isQuick() ? Stream.of(LedgerCluster.GTM) : Stream.of(LedgerCluster.DATA1, LedgerCluster.GTM);
    }

    private static LedgerCluster start(Stage stage) {
        return LedgerCluster.start(stage, LedgerCluster.copies(stage), LedgerIT::soon);
    }

    private static Sandbox.Plan soon(Sandbox.Plan plan) {
        return plan.set("PGXL_IN_DOUBT_AGE", IN_DOUBT_AGE);
    }

    private static void strike(LedgerFault fault, LedgerCluster cluster) throws Exception {
        var seen = new Seen();
        try (var row = new Row(12, fault.words() + ", two-datanode transactions", LedgerIT.class)
                        .opposite("the same servers without the mends: below; `theBooksShow…`, `withoutTheAgentsResolver…`");
                var ledger = new Ledger(cluster)) {
            var observer = new Observer(cluster);
            try {
                for (int i = 0; i < Scale.times(1, 100); i++) {
                    row.round(() -> {
                        LedgerFault.pause(1 + ThreadLocalRandom.current().nextDouble());
                        Map<Node, Integer> marks = marks(cluster);
                        fault.deed().on(cluster, ledger);
                        long start = System.nanoTime();
                        cluster.awaitService();
                        ledger.awaitCommits(LedgerCluster.PATIENCE);
                        row.timed(start);
                        Books books = ledger.audit(observer);
                        seen.add(books);
                        assertTrue(books.balance(), books + told(cluster, marks));
                        seen.survived++;
                    });
                    // A run that is ended early has counts, too.
                    System.out.println("ROUND | " + fault.words() + " | " + (i + 1) + " tried, " + seen.survived
                            + " survived | " + seen + "; " + ledger.numbers() + "; " + observer.counts());
                }
            } finally {
                row.note(seen + "; " + ledger.numbers() + "; " + observer.counts()
                        + "; times: to the next commit of all eight clients");
            }
        }
    }

    /** What became of all rounds together. */
    private static final class Seen {
        private long acknowledged;
        private long lost;
        private long halves;
        private long unbalanced;
        private long twice;
        private int survived;

        void add(Books books) {
            acknowledged += books.acknowledged();
            lost += books.lost().size();
            halves += books.halves().size() + books.torn().size();
            unbalanced += books.sum() == 0 && books.moved() == 0 ? 0 : 1;
            twice += books.twice().size();
        }

        @Override
        public String toString() {
            return acknowledged + " transactions acknowledged, " + lost + " lost, " + halves + " by half, counters wrong "
                    + unbalanced + " times, " + twice + " numbers twice";
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
        LedgerCluster cluster = start(stage);
        try (var ledger = new Ledger(cluster)) {
            var observer = new Observer(cluster);
            assertTrue(ledger.audit(observer).balance());
            ledger.awaitCommits(LedgerCluster.PATIENCE);
            String id = cluster.ask(LedgerCluster.COORD1, "SELECT min(id) FROM ledger");
            run(cluster, "DELETE FROM ledger WHERE id = " + id);
            Books gone = ledger.audit(observer);
            assertEquals(List.of(Long.valueOf(id)), gone.lost(), gone.toString());
            assertEquals(1, gone.moved());

            ledger.awaitCommits(LedgerCluster.PATIENCE);
            id = cluster.ask(LedgerCluster.COORD1, "SELECT min(id) FROM ledger");
            run(cluster, "DELETE FROM ledger WHERE half = 1 AND id = " + id);
            Books half = ledger.audit(observer);
            assertEquals(List.of(Long.valueOf(id)), half.halves(), half.toString());

            run(cluster, "UPDATE counters SET v = v + 1 WHERE k = 0");
            assertEquals(1, ledger.audit(observer).sum());
        }
    }

    /** The negative control of the numbers: a transaction that tells its id twice, and a sequence that is set back. */
    @Test
    void theBooksShowNumbersThatComeTwice(Stage stage) throws Exception {
        LedgerCluster cluster = start(stage);
        try (var ledger = new Ledger(cluster)) {
            var observer = new Observer(cluster);
            assertTrue(ledger.audit(observer).balance());
            try (var session = cluster.session(LedgerCluster.COORD1).begin()) {
                ledger.take(session);
                ledger.take(session);
            }
            Books id = ledger.audit(observer);
            assertEquals(1, id.twice().size(), id.toString());
            assertTrue(id.twice().get(0).startsWith("id "), id.toString());
            assertFalse(id.balance());

            run(cluster, "SELECT setval('taken', 1)");
            ledger.awaitCommits(LedgerCluster.PATIENCE);
            Books value = ledger.audit(observer);
            assertTrue(value.twice().stream().anyMatch(one -> one.startsWith("value ")), value.toString());
        }
    }

    /** The negative control of the agents' resolver: without it what a crash leaves stays, and is seen. */
    @Test
    void withoutTheAgentsResolverWhatIsInDoubtStaysAndIsSeen(Stage stage) throws Exception {
        LedgerCluster cluster = LedgerCluster.start(stage, LedgerCluster.copies(stage),
                plan -> soon(plan).set("PGXL_IN_DOUBT", "off"));
        try (var ledger = new Ledger(cluster)) {
            var observer = new Observer(cluster);
            String seen = "";
            for (int i = 0; i < KILLS_UNTIL_IN_DOUBT && seen.isEmpty(); i++) {
                LedgerFault.pause(1 + ThreadLocalRandom.current().nextDouble());
                LedgerFault.kill(cluster, LedgerCluster.DATA2, LedgerCluster.DATA2);
                cluster.awaitService();
                try {
                    ledger.audit(observer, Duration.ofSeconds(30));
                } catch (AssertionError e) {
                    seen = e.getMessage();
                }
            }
            assertTrue(seen.matches("in doubt after 30 s: \\{_\\$XC\\$.*=\\[data.*"), seen);
            System.out.println("MEASURED without the agents' resolver: " + seen);

            for (Node coordinator : LedgerCluster.COORDINATORS) {
                cluster.sandbox(coordinator).stop(STOP);
                cluster.change(coordinator, plan -> plan.set("PGXL_IN_DOUBT", "resolve"));
                cluster.start(coordinator);
            }
            cluster.awaitService();
            ledger.awaitCommits(LedgerCluster.PATIENCE);
            Books books = ledger.audit(observer);
            assertTrue(books.balance(), books.toString());
        }
    }

    private static void run(LedgerCluster cluster, String sql) throws Exception {
        try (var session = cluster.session(LedgerCluster.COORD1)) {
            session.run(sql);
        }
    }

    private static void shell(String command) {
        Program.run(Duration.ofMinutes(5), List.of("bash", "-euc", command)).orFail();
    }
}
