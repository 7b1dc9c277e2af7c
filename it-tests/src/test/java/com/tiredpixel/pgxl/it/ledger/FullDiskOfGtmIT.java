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
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * A GTM that cannot write its file goes on from memory, and starts again 50,000 transactions above the file: it has to
 * stop before, and the file has to stay whole. Without the mend a value of a sequence replaces it by an empty one.
 */
@OnStage
class FullDiskOfGtmIT {
    private static final Duration LONG_ENOUGH_FOR_ALL_IDS = Duration.ofMinutes(3);
    /** How far above its file GTM starts, CONTROL_INTERVAL of Postgres-XL. */
    private static final int GTM_SKIPS = 50_000;
    /** No new id for so long: it hands out none. */
    private static final long STANDS = Duration.ofSeconds(5).toNanos();

    @Test
    void theFileStaysWholeAndNoTransactionIdComesTwice(Stage stage) throws Exception {
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
            int looks = 0;
            for (long end = System.nanoTime() + LONG_ENOUGH_FOR_ALL_IDS.toNanos(), news = System.nanoTime(), ids = before;
                    System.nanoTime() < end && clients.ids() - before < 2 * GTM_SKIPS && System.nanoTime() - news < STANDS;
                    looks++) {
                long highest = clients.highest();
                long inFile = ControlFile.assertWhole(cluster, looks);
                assertTrue(highest < inFile + GTM_SKIPS, "GTM would start at or below " + highest + ": " + inFile);
                LockSupport.parkNanos(1_000_000);
                if (clients.ids() != ids) {
                    ids = clients.ids();
                    news = System.nanoTime();
                }
            }
            int handedOut = clients.ids() - before;
            int mark = gtm.log().mark();
            gtm.exec("root", "kill -9 " + gtm.nodePid(LedgerCluster.GTM).orElseThrow()).orFail();
            gtm.exec("root", "rm /var/lib/postgres/fill").orFail();
            gtm.log().awaitState(mark, LedgerCluster.GTM, "RUNNING");
            int after = clients.ids();
            Await.until(LedgerCluster.PATIENCE, "ids again", () -> clients.ids() > after + 1000);
            clients.end();
            System.out.println("MEASURED " + handedOut + " transaction ids from a GTM with a full disk, gtm.control whole at "
                    + looks + " looks, "
                    + clients.twice().size() + " ids or values twice after its crash");
            assertEquals(List.of(), clients.twice());
        }
    }

    private static void shell(String command) {
        Program.run(Duration.ofMinutes(5), List.of("bash", "-euc", command)).orFail();
    }
}
