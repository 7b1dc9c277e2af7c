package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.agent.node.GtmControl;
import com.tiredpixel.pgxl.agent.node.GtmControl.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The file from which GTM goes on: what the agent starts on, and what it does not. */
@OnStage
class GtmControlIT {
    private static final String NEXT_VALUE = "SELECT nextval('counted')";

    private static Path control(Sandbox sandbox) {
        return sandbox.volume().resolve(Cluster.GTM.directory()).resolve("gtm.control");
    }

    private static Path copies(Sandbox sandbox) {
        return sandbox.volume().resolve(".pgxl/gtm-control/data%2fgtm");
    }

    private static Optional<GtmControl> read(Path file) {
        return GtmControl.read(file) instanceof Reading.Whole whole ? Optional.of(whole.control()) : Optional.empty();
    }

    private static long nextXid(Path file) {
        return read(file).orElseThrow(() -> new AssertionError(file + ": " + GtmControl.read(file))).nextXid();
    }

    /** As a file in the volume is written that the user of the servers may write: its owner stays. */
    private static void overwrite(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }

    private static Path newestCopy(Sandbox sandbox) throws IOException {
        try (var files = Files.list(copies(sandbox))) {
            return files.sorted(java.util.Comparator.reverseOrder()).findFirst().orElseThrow();
        }
    }

    private static void killGtm(Cluster cluster) {
        cluster.sandbox().exec("root", "kill -9 $(head -n 1 " + Cluster.GTM.path() + "/gtm.pid)").orFail();
    }

    /** Ends every server at once, as the loss of the host does, and writes the file before the next container. */
    private static Cluster afterALoss(Stage stage, Cluster before, String text) throws IOException {
        before.sandbox().kill();
        overwrite(control(before.sandbox()), text);
        Sandbox next = stage.sandbox("next", before.sandbox().volume()).start();
        return Cluster.on(stage, next);
    }

    @Test
    void aGtmIsNotStartedOnAnEmptyFileAndTheRepairGoesOnFromTheCopy(Stage stage) throws IOException {
        Cluster cluster = Cluster.start(stage);
        boolean real = Places.realPostgresXl();
        long value = 0;
        if (real) {
            cluster.operator().sql(Cluster.COORDINATOR, "CREATE SEQUENCE counted").orFail();
            value = Long.parseLong(cluster.operator().sql(Cluster.COORDINATOR, NEXT_VALUE).orFail().text());
        }
        Await.until(Await.LONG, "a copy of the file as it is", () -> {
            try {
                return Files.isDirectory(copies(cluster.sandbox()))
                        && Files.readString(newestCopy(cluster.sandbox())).equals(
                                Files.readString(control(cluster.sandbox())));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        long known = nextXid(newestCopy(cluster.sandbox()));

        Cluster after = afterALoss(stage, cluster, "");
        Sandbox sandbox = after.sandbox();
        sandbox.log().awaitState(0, Cluster.GTM, "BLOCKED");
        var pgxl = new Pgxl(sandbox).await();
        assertTrue(sandbox.log().text().contains("gtm.control is empty; the newest copy"), sandbox.log().text());
        assertTrue(sandbox.log().text().contains("pgxl repair-gtm data/gtm --xid HIGHEST"));
        Await.stays(Duration.ofSeconds(2), "no GTM", () -> sandbox.nodePid(Cluster.GTM).isEmpty());
        assertEquals("", Files.readString(control(sandbox)));
        assertEquals(77, pgxl.as("daemon", "repair-gtm", "data/gtm").code());
        assertEquals(64, pgxl.run("repair-gtm", "data/gtm", "--xid", "12a").code());

        String said = pgxl.run("repair-gtm", "data/gtm").orFail().text();
        assertTrue(said.contains("from the copy of"), said);
        sandbox.log().awaitState(0, Cluster.GTM, "RUNNING");
        assertTrue(nextXid(control(sandbox)) >= known + 1_000_000 || !real, said);
        after.awaitRows(Cluster.COORDINATOR);
        if (real) {
            long next = Long.parseLong(after.operator().sql(Cluster.COORDINATOR, NEXT_VALUE).orFail().text());
            assertTrue(next > value + 99_000, value + ", then " + next);
        }
        assertEquals(1, pgxl.run("repair-gtm", "gtm").code(), "it is up");
    }

    @Test
    void aGtmIsNotStartedOnAnOldFileThoughItWouldBelieveIt(Stage stage) throws IOException {
        assumeTrue(Places.realPostgresXl(), "the stand-in has no transactions");
        Cluster cluster = Cluster.start(stage);
        awaitCopy(cluster.sandbox());
        long known = nextXid(newestCopy(cluster.sandbox()));
        // As from a volume that was restored from a snapshot of an hour before.
        String old = Files.readString(newestCopy(cluster.sandbox())).replaceFirst("next_xid: .*", "next_xid: " + (known - 5_000))
                .replaceFirst("global_xmin: .*", "global_xmin: 3000").replaceFirst("snapid: .*", "snapid: 1");

        Cluster after = afterALoss(stage, cluster, old);
        Sandbox sandbox = after.sandbox();
        sandbox.log().awaitState(0, Cluster.GTM, "BLOCKED");
        assertTrue(sandbox.log().text().contains("gtm.control is too old: its next_xid is " + (known - 5_000)
                + ", that of the newest copy " + known), sandbox.log().text());
        assertEquals(old, Files.readString(control(sandbox)));
        // The opposite: GTM itself believes it, and hands out ids that were used. It begins 50,000 above its file.
        assumeTrue(known > 53_000, "this GTM has not yet used " + 53_000 + " ids: 9.5 writes its file later");
        overwrite(control(sandbox), old.replaceFirst("next_xid: .*", "next_xid: 3000"));
        var operator = new Operator(stage, sandbox);
        Program.Result byHand = operator.ssh().run("gtm_ctl start -Z gtm -D " + Cluster.GTM.path() + " >/dev/null 2>&1");
        assertEquals(0, byHand.code(), byHand.error());
        sandbox.log().awaitState(0, Cluster.GTM, "RUNNING");
        Await.until(Await.LONG, "warning", () -> sandbox.log().text().contains("GTM serves with next_xid"));
        assertTrue(nextXid(control(sandbox)) < known);
        try (var series = Files.list(copies(sandbox).getParent())) {
            assertEquals(2, series.count(), "the copies of before are kept");
        }
    }

    @Test
    void aClusterThatIsMadeAnewInTheSameDirectoryStarts(Stage stage) throws IOException {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        awaitCopy(sandbox);
        Path high = Files.writeString(copies(sandbox).resolve("9999999990-20261128T120000Z"),
                "version: 20181008\nnext_xid: 90000000\nglobal_xmin: 10000\nsnapid: 1\n");
        Kernel.giveToPostgres(high);
        var operator = cluster.operator();
        Cluster.NODES.stream().sorted((a, b) -> b.role().compareTo(a.role())).forEach(operator::stop);
        operator.ssh().run("rm -rf /var/lib/postgres/data/*").orFail();
        operator.add(Cluster.GTM);
        Await.until(Await.LONG, "the old copies are kept", () -> sandbox.log().text().contains(
                "its newest copy of gtm.control has 90000000"));
        awaitCopy(sandbox);
        assertTrue(nextXid(newestCopy(sandbox)) < 1_000_000);
        int mark = sandbox.log().mark();
        killGtm(cluster);
        sandbox.log().awaitState(mark, Cluster.GTM, "RUNNING");
    }

    private static void awaitCopy(Sandbox sandbox) {
        Await.until(Await.LONG, "a copy", () -> Files.isDirectory(copies(sandbox)));
        Await.until(Await.LONG, "a whole copy", () -> {
            try {
                return read(newestCopy(sandbox)).isPresent();
            } catch (IOException | java.util.NoSuchElementException e) {
                return false;
            }
        });
    }

    @Test
    void aTornFileIsSeenToBeOneAfterAKill(Stage stage) throws IOException {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        awaitCopy(sandbox);
        var pgxl = new Pgxl(sandbox).await();
        pgxl.run("hold", "data/gtm").orFail();
        killGtm(cluster);
        sandbox.log().awaitState(0, Cluster.GTM, "HELD");
        String whole = Files.readString(control(sandbox));
        overwrite(control(sandbox), whole.substring(0, whole.length() - 3));
        assertEquals(1, pgxl.run("release", "data/gtm").code());
        sandbox.log().await(0, "BLOCKED: gtm.control is torn: it ends in the middle of line " + whole.lines().count(), Await.LONG);
        int mark = sandbox.log().mark();
        pgxl.run("repair-gtm", "data/gtm").orFail();
        sandbox.log().awaitState(mark, Cluster.GTM, "RUNNING");
        cluster.awaitRows(Cluster.COORDINATOR);
    }

    /** Postgres-XL as upstream left it; the mended one says so in its version. */
    @Test
    void withoutTheMendsAGtmThatDiedWaitsForTheOperator(Stage stage) throws IOException {
        assumeTrue(Places.realPostgresXl(), "the stand-in has nothing to lose");
        assumeTrue(!Places.mended(), "these servers have the mends");
        Sandbox.Plan plan = stage.sandbox("node", Cluster.volume(stage)).set("PGXL_UNMENDED_GTM", "wait");
        Sandbox sandbox = plan.start();
        sandbox.log().awaitState(0, Cluster.GTM, "BLOCKED");
        assertTrue(sandbox.log().text().contains("these servers lack the mends"), "told at the start");
        var pgxl = new Pgxl(sandbox).await();
        long before = read(control(sandbox)).orElseThrow().snapshotId();
        pgxl.run("start", "data/gtm").orFail();
        assertTrue(read(control(sandbox)).orElseThrow().snapshotId() >= before + (1L << 40));
        Cluster cluster = Cluster.on(stage, sandbox);
        Cluster.NODES.forEach(node -> sandbox.log().awaitState(0, node, "RUNNING"));
        cluster.awaitRows(Cluster.COORDINATOR);

        int mark = sandbox.log().mark();
        killGtm(cluster);
        sandbox.log().awaitState(mark, Cluster.GTM, "BLOCKED");
        Await.stays(Duration.ofSeconds(3), "no GTM", () -> sandbox.nodePid(Cluster.GTM).isEmpty()
                || !sandbox.processes().contains(" gtm "));
        pgxl.run("restart", "coord1").orFail();
        pgxl.run("start", "data/gtm").orFail();
        cluster.awaitRows(Cluster.COORDINATOR);
        assertNotEquals(before, read(control(sandbox)).orElseThrow().snapshotId());
    }
}
