package com.tiredpixel.pgxl.it;

import static com.tiredpixel.pgxl.it.FiveNodes.COORD1;
import static com.tiredpixel.pgxl.it.FiveNodes.COORD2;
import static com.tiredpixel.pgxl.it.FiveNodes.GTM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Postgres-XL as upstream left it: GTM dies while a session has written and not yet committed, and somebody reads when
 * it is back. What counts is whether the session is told COMMIT, and what is there afterwards.
 */
@OnStage
class UnmendedGtmIT {
    private static final String SUM_OF_TWO = "SELECT sum(abs(v)) FROM counters WHERE k IN (0, 1)";

    @BeforeEach
    void onlyWithoutTheMends() {
        assumeTrue(Places.realPostgresXl() && !Places.mended(), "these servers have the mends, or nothing to lose");
    }

    /** A session that commits only after GTM has died and is back. */
    private static Program writer(Stage stage, FiveNodes five) {
        List<String> line = Psql.line(
                Places.prefix().resolve("bin/psql").toString(),
                List.of("-h", five.sandbox().address(), "-p", Integer.toString(COORD1.port()), "-U", "postgres", "-v", "QUIET=off"),
                "BEGIN", "UPDATE counters SET v = v + 1 WHERE k = 0", "UPDATE counters SET v = v - 1 WHERE k = 1",
                "SELECT pg_sleep(30)", "COMMIT");
        Program client = stage.keep(Program.start(Path.of("/dev/null"), stage.wire().outside(line)));
        Await.until(Await.LONG, "writer asleep", () -> five.ask(COORD1, "SELECT count(*) FROM pg_stat_activity WHERE"
                + " state = 'active' AND query LIKE 'SELECT pg_sleep%'").equals("1"));
        return client;
    }

    @Test
    void aGtmThatWaitsForTheRestartOfTheCoordinatorsLosesNothingThatWasAcknowledged(Stage stage) {
        FiveNodes five = FiveNodes.start(stage);
        five.sandbox().stop(Duration.ofSeconds(30));
        Sandbox sandbox = stage.sandbox("next", five.sandbox().volume()).set("PGXL_UNMENDED_GTM", "wait").start();
        sandbox.log().awaitState(0, GTM, "BLOCKED");
        var pgxl = new Pgxl(sandbox).await();
        pgxl.run("start", "data/gtm").orFail();
        FiveNodes.NODES.forEach(node -> sandbox.log().awaitState(0, node, "RUNNING"));
        FiveNodes next = FiveNodes.on(stage, sandbox);

        Program writer = writer(stage, next);
        int mark = sandbox.log().mark();
        next.operator().crash(GTM);
        sandbox.log().awaitState(mark, GTM, "BLOCKED");
        pgxl.run("restart", "coord1").orFail();
        pgxl.run("restart", "coord2").orFail();
        pgxl.run("start", "data/gtm").orFail();
        next.operator().awaitSql(COORD2, "0", SUM_OF_TWO);
        Program.Result said = writer.await(Duration.ofSeconds(60));
        assertFalse(said.text().contains("COMMIT"), said.text());
        assertEquals("0", next.sql(COORD1, SUM_OF_TWO));
    }

    /** The opposite, for whoever prefers it: COMMIT is answered, and nothing is there. */
    @Test
    void aGtmThatIsBackAtOnceLosesWhatTheSessionIsToldIsCommitted(Stage stage) {
        FiveNodes five = FiveNodes.start(stage, "PGXL_UNMENDED_GTM=start");
        Program writer = writer(stage, five);
        int mark = five.sandbox().log().mark();
        five.operator().crash(GTM);
        five.sandbox().log().awaitState(mark, GTM, "RUNNING");
        five.operator().awaitSql(COORD2, "0", SUM_OF_TWO);
        Program.Result said = writer.await(Duration.ofSeconds(60));
        assertTrue(said.text().contains("COMMIT"), said.text() + said.error());
        System.out.println("MEASURED without waiting, COMMIT was answered, and of 2 counters it moved "
                + five.sql(COORD2, SUM_OF_TWO));
        assertEquals("0", five.sql(COORD2, SUM_OF_TWO));
    }
}
