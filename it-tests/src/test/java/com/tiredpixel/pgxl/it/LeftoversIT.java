package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Children that outlive a postmaster would keep its shared memory, and with it stop the next start. */
@OnStage
class LeftoversIT {

    @Test
    void aBackendThatDoesNotNoticeTheDeathOfItsPostmasterIsEnded(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Operator operator = cluster.operator();
        Node node = Cluster.DATANODE;
        Sandbox sandbox = cluster.sandbox();
        // A stopped process notices nothing, and takes no signal but SIGKILL.
        String checkpointer = sandbox.exec("root", "pgrep -P " + sandbox.nodePid(node).orElseThrow()
                + " -f checkpointer").orFail().text();
        String other = sandbox.exec("root", "pgrep -P " + sandbox.nodePid(Cluster.COORDINATOR).orElseThrow()
                + " -f checkpointer").orFail().text();
        sandbox.exec("root", "kill -STOP " + checkpointer).orFail();
        int mark = sandbox.log().mark();
        operator.crash(node);
        sandbox.log().awaitState(mark, node, "RUNNING");
        cluster.awaitRows(node);
        assertTrue(sandbox.exec("root", "kill -0 " + checkpointer).code() != 0, "the leftover lives");
        assertEquals(0, sandbox.exec("root", "kill -0 " + other).code(), "a process of another node was ended");
    }

    @Test
    void aPostmasterWithManyClientsComesBackAfterItsDeath(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.COORDINATOR;
        for (int i = 0; i < 5; i++) {
            cluster.operator().startSql(node, "SELECT pg_sleep(300)");
        }
        cluster.operator().awaitSql(node, "5",
                "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(300)'");
        int mark = cluster.sandbox().log().mark();
        cluster.operator().crash(node);
        cluster.sandbox().log().awaitState(mark, node, "RUNNING");
        cluster.awaitRows(node);
        cluster.operator().awaitSql(node, "0",
                "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(300)'");
    }
}
