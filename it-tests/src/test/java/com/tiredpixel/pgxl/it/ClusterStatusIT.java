package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** {@code pgxl cluster status} in Control sees a whole Postgres-XL, and does not wait long for a container that is gone. */
class ClusterStatusIT extends WholeCluster {

    private Program.Result status(String... options) {
        long start = System.nanoTime();
        Program.Result result = pgxcCtl.clusterStatus(options);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        measured("pgxl cluster status", start);
        System.out.println(result.text() + result.error());
        assertTrue(took.compareTo(Duration.ofSeconds(10)) < 0, "took " + took);
        return result;
    }

    @Test
    @Order(1)
    void aHealthyClusterIsAllWell() {
        makeMasters();
        Program.Result result = status();
        assertEquals(0, result.code(), result.text() + result.error());
        assertTrue(result.text().startsWith("cluster: all well; of 5 servers 5 serve"), result.text());
        assertTrue(status("--json").text().startsWith("{\"verdict\":\"well\""));
    }

    /** Its kernel accepts connections, and nobody answers on them. */
    @Test
    @Order(2)
    void aServerThatIsFrozenIsWaitedForNoLongerAndTheOthersAreShown() {
        Sandbox frozen = fleet.sandbox(DATA1.host());
        frozen.exec("root", "kill -STOP $(pgrep -x postgres)").orFail();
        Program.Result result = status();
        frozen.exec("root", "kill -CONT $(pgrep -x postgres)").orFail();
        assertEquals(1, result.code(), result.text() + result.error());
        assertTrue(result.text().contains("of 5 servers 4 serve, 1 do not, 0 not known"), "its agent's probe: " + result.text());
        assertTrue(result.text().contains("not asked: SQL: "), result.text());
        Await.until(Await.LONG, "a cluster that is all well again", () -> status().code() == 0);
    }

    @Test
    @Order(3)
    void itIsShownAgainEveryTwoSecondsUntilItIsInterrupted() {
        Program.Result result = pgxcCtl.watchCluster(8);
        assertEquals(0, result.code(), result.text() + result.error());
        assertTrue(result.text().split("cluster: all well", -1).length - 1 >= 2, result.text() + result.error());
    }

    @Test
    @Order(4)
    void ofAContainerThatIsGoneNothingIsKnownAndTheOthersAreShown() {
        fleet.sandbox(DATA2.host()).kill();
        Program.Result result = status();
        assertEquals(2, result.code(), result.text() + result.error());
        assertTrue(result.text().contains("of 5 servers 4 serve, 0 do not, 1 not known"), result.text());
    }
}
