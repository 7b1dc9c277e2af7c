package com.tiredpixel.pgxl.it.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.OnStage;
import com.tiredpixel.pgxl.it.Places;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A GTM that cannot write its file goes on from memory, and starts again 50,000 transactions above the file: without the
 * mend it hands out ids beyond that, and after a crash the same ones again.
 */
@OnStage
class FullDiskOfGtmIT {
    private static final Duration LONG_ENOUGH_FOR_ALL_IDS = Duration.ofMinutes(3);

    @Test
    void noTransactionIdComesTwice(Stage stage) throws Exception {
        assumeTrue(Places.realPostgresXl(), () -> {
            String reason = "it is about a real Postgres-XL, and there is none under PGXL_PREFIX";
            System.out.println("SKIPPED FullDiskOfGtmIT: " + reason);
            return reason;
        });
        var volumes = new LinkedHashMap<>(LedgerCluster.copies(stage));
        Path small = stage.newDirectory("small");
        shell("mount -t tmpfs -o size=20m,mode=700 tmpfs " + small);
        stage.keep(() -> shell("umount -l " + small));
        shell("cp -a " + volumes.get(LedgerCluster.GTM) + "/. " + small + " && chown 999:999 " + small);
        volumes.put(LedgerCluster.GTM, small);
        LedgerCluster cluster = LedgerCluster.start(stage, volumes, plan -> plan.set("PGXL_BACKOFF_MAX", "2s"));
        Sandbox gtm = cluster.sandbox(LedgerCluster.GTM);

        try (var clients = new Counting(cluster, 10)) {
            Await.until(Await.LONG, "ids", () -> clients.ids() > 100 && clients.values() > 100);
            gtm.exec("postgres", "cat /dev/zero >/var/lib/postgres/fill; true");
            int before = clients.ids();
            // Until none comes any more, or more than GTM skips at a start.
            Await.until(LONG_ENOUGH_FOR_ALL_IDS, "end of ids", () -> clients.ids() - before > 60_000 || stands(clients));
            int handedOut = clients.ids() - before;
            int mark = gtm.log().mark();
            gtm.exec("root", "kill -9 " + gtm.nodePid(LedgerCluster.GTM).orElseThrow()).orFail();
            gtm.exec("root", "rm /var/lib/postgres/fill").orFail();
            gtm.log().awaitState(mark, LedgerCluster.GTM, "RUNNING");
            int after = clients.ids();
            Await.until(LedgerCluster.PATIENCE, "ids again", () -> clients.ids() > after + 1000);
            clients.end();
            System.out.println("MEASURED " + handedOut + " transaction ids from a GTM with a full disk, "
                    + clients.twice().size() + " ids or values twice after its crash");
            assertEquals(List.of(), clients.twice());
            assertTrue(handedOut < 50_000, "GTM would have started below what it had handed out: " + handedOut);
        }
    }

    private static boolean stands(Counting clients) {
        int ids = clients.ids();
        try {
            Thread.sleep(3000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return clients.ids() == ids;
    }

    private static void shell(String command) {
        Program.run(Duration.ofMinutes(5), List.of("bash", "-euc", command)).orFail();
    }
}
