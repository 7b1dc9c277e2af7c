package com.tiredpixel.pgxl.it;

import static com.tiredpixel.pgxl.it.FiveNodes.COORD1;
import static com.tiredpixel.pgxl.it.FiveNodes.DATA2;
import static com.tiredpixel.pgxl.it.FiveNodes.GTM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server under SIGSTOP takes connections and says nothing: who waits for it, and for how long. */
@OnStage
class FrozenNodeIT {
    private static final String ON_DATA1 = "SELECT v FROM counters WHERE k = 0";
    private static final String ON_DATA2 = "SELECT v FROM counters WHERE k = 1";

    @BeforeEach
    void onlyARealOneHasSeveralNodes() {
        assumeTrue(Places.realPostgresXl(), "the stand-in's nodes know nothing of each other");
    }

    private static void signal(FiveNodes five, String signal, Node node) {
        five.sandbox().exec("root", "kill -" + signal + " " + five.sandbox().nodePid(node).orElseThrow()).orFail();
    }

    /** Begins a session that needs the frozen one, and then asks for what lies elsewhere. */
    private static boolean othersAreServed(FiveNodes five, Duration patience) {
        five.operator().startSql(COORD1, ON_DATA2);
        long end = System.nanoTime() + patience.toNanos();
        Await.stays(Duration.ofMillis(500), "a moment", () -> true);
        Program other = five.operator().startSql(COORD1, ON_DATA1);
        while (other.isRunning() && System.nanoTime() < end) {
            Await.stays(Duration.ofMillis(100), "a moment", () -> true);
        }
        return !other.isRunning() && other.await(Await.LONG).code() == 0;
    }

    @Test
    void aFrozenDatanodeHoldsUpThoseWhoNeedItAndForSeconds(Stage stage) {
        FiveNodes five = FiveNodes.start(stage);
        signal(five, "STOP", DATA2);
        long start = System.nanoTime();
        assertTrue(othersAreServed(five, Duration.ofSeconds(30)));
        System.out.println("MEASURED a session beside one that needs a frozen datanode: "
                + (System.nanoTime() - start) / 1_000_000 + " ms");
        start = System.nanoTime();
        assertNotEquals(0, five.operator().sql(COORD1, ON_DATA2).code());
        System.out.println("MEASURED the one that needs it has its error after "
                + (System.nanoTime() - start) / 1_000_000 + " ms");
        signal(five, "CONT", DATA2);
        five.operator().awaitSql(COORD1, "0", ON_DATA2);
    }

    /** The opposite: libpq takes 0 for no limit. */
    @Test
    void withoutALimitItHoldsUpEverySessionOfTheCoordinator(Stage stage) {
        FiveNodes five = FiveNodes.start(stage, "PGCONNECT_TIMEOUT=0");
        signal(five, "STOP", DATA2);
        assertEquals(false, othersAreServed(five, Duration.ofSeconds(30)));
        signal(five, "CONT", DATA2);
        five.operator().awaitSql(COORD1, "0", ON_DATA1);
    }

    @Test
    void whileGtmIsFrozenSessionsHaveAnErrorAndAfterwardsTheyWork(Stage stage) {
        assumeTrue(Places.serversKnow("gtm_comm_timeout"), "9.5 has no limit for an answer of GTM");
        FiveNodes five = FiveNodes.start(stage);
        // As init.sh writes it for every node.
        five.operator().append(COORD1.path() + "/postgresql.conf", "gtm_connect_timeout = 5\ngtm_comm_timeout = 20\n");
        five.operator().ssh().run("pg_ctl reload -D " + COORD1.path()).orFail();
        Await.until(Await.LONG, "reload", () -> five.ask(COORD1, "SHOW gtm_comm_timeout").equals("20"));
        signal(five, "STOP", GTM);
        long start = System.nanoTime();
        Program.Result said = five.operator().sql(COORD1, ON_DATA1);
        System.out.println("MEASURED a new session while GTM is frozen has its error after "
                + (System.nanoTime() - start) / 1_000_000 + " ms");
        assertNotEquals(0, said.code());
        assertTrue(said.error().contains("GTM"), said.error());
        signal(five, "CONT", GTM);
        five.operator().awaitSql(COORD1, "0", ON_DATA1);
    }
}
