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

    @Test
    @Order(2)
    void ofAContainerThatIsGoneNothingIsKnownAndTheOthersAreShown() {
        fleet.sandbox(DATA2.host()).kill();
        Program.Result result = status();
        assertEquals(2, result.code(), result.text() + result.error());
        assertTrue(result.text().contains("of 5 servers 4 serve, 0 do not, 1 not known"), result.text());
    }
}
