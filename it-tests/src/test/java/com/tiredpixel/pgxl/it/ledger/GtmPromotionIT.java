package com.tiredpixel.pgxl.it.ledger;

import static com.tiredpixel.pgxl.it.ledger.LedgerCluster.GTM;
import static com.tiredpixel.pgxl.it.ledger.LedgerCluster.GTM_SLAVE;
import static com.tiredpixel.pgxl.it.ledger.LedgerCluster.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.OnStage;
import com.tiredpixel.pgxl.it.Pgxl;
import com.tiredpixel.pgxl.it.Places;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The host of GTM is lost, and its slave, which lacks what was still on its way to it, is promoted by hand. */
@OnStage
class GtmPromotionIT {
    private static final int CLIENTS = 6;

    @BeforeEach
    void onlyARealOneHasAGtm() {
        assumeTrue(Places.realPostgresXl(), () -> {
            String reason = "it is about a real Postgres-XL, and there is none under PGXL_PREFIX";
            System.out.println("SKIPPED GtmPromotionIT: " + reason);
            return reason;
        });
    }

    /** Fails without the mend "promotion": the slave begins with what it knows, which others have had in the meantime. */
    @Test
    void noIdAndNoValueThatThePromotedSlaveHasNeverHeardOfComesTwice(Stage stage) throws Exception {
        LedgerCluster cluster = LedgerCluster.start(stage).withSlave();
        Sandbox gtm = cluster.sandbox(GTM);
        try (var clients = new Counting(cluster, CLIENTS)) {
            awaitMore(clients, 100);
            int ids = clients.ids();
            int values = clients.values();
            dropEverything(gtm, cluster.sandbox(GTM_SLAVE).address());
            awaitMore(clients, 100);
            gtm.kill();
            gtm.exitCode(PATIENCE);
            String unheardOf = clients.ids() - ids + " ids and " + (clients.values() - values) + " values";
            promote(cluster);
            awaitMore(clients, 200);
            clients.end();
            System.out.println("MEASURED " + unheardOf + " told that the slave had not heard of; after its promotion "
                    + clients.twice().size() + " twice");
            assertEquals(List.of(), clients.twice());
        }
    }

    private static void awaitMore(Counting clients, int more) {
        int ids = clients.ids() + more;
        int values = clients.values() + more;
        Await.until(PATIENCE, more + " more ids and values", () -> clients.ids() >= ids && clients.values() >= values);
    }

    /** From outside: nobody in a container may change its routes. */
    private static void dropEverything(Sandbox from, String to) {
        Program.run(Await.LONG, List.of("nsenter", "--net=/proc/" + from.pid() + "/ns/net", "ip", "route", "add", "blackhole", to))
                .orFail();
    }

    /** As an operator without GTM proxies does it. */
    private static void promote(LedgerCluster cluster) {
        Sandbox slave = cluster.sandbox(GTM_SLAVE);
        slave.exec("postgres", "gtm_ctl promote -Z gtm -D " + GTM_SLAVE.path()).orFail();
        for (Node node : LedgerCluster.SERVERS) {
            Sandbox sandbox = cluster.sandbox(node);
            sandbox.exec("postgres", "printf \"gtm_host = '" + slave.address() + "'\\ngtm_port = " + GTM_SLAVE.port()
                    + "\\n\" >>" + node.path() + "/postgresql.conf").orFail();
            new Pgxl(sandbox).run("restart", node.directory()).orFail();
        }
        cluster.awaitService();
    }
}
