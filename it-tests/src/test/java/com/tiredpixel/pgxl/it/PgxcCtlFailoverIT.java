package com.tiredpixel.pgxl.it;

import static com.tiredpixel.pgxl.it.Member.plus;
import static com.tiredpixel.pgxl.it.Member.running;
import static com.tiredpixel.pgxl.it.Member.without;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What becomes of a whole Postgres-XL when a master is lost, and {@code pgxc_ctl} puts its slave in its place. */
class PgxcCtlFailoverIT extends WholeCluster {

    /** What they are after their failover. */
    private static final Member DATA1_PROMOTED = DATA1_SLAVE.promoted();
    private static final Member COORD1_PROMOTED = COORD1_SLAVE.promoted();
    private static final Member GTM_PROMOTED = GTM_SLAVE.promoted();

    @Test
    @Order(1)
    void aClusterWithSlavesStands() {
        makeMasters();
        defineTable();
        insert(1000);
        makeSlaves();
        assertEquals(running(ALL), pgxcCtl.monitor());
        assertRows();
    }

    @Test
    @Order(2)
    void aFailoverOfADatanodeLosesNoRow() {
        insert(100);
        int mark = fleet.log(DATA1_SLAVE).mark();
        fleet.sandbox(DATA1.host()).kill();
        long start = System.nanoTime();
        pgxcCtl.run("failover datanode data1");
        assertRows();
        measured("failover datanode, to rows", start);
        fleet.awaitState(mark, DATA1_PROMOTED, "RUNNING");
        assertEquals(List.of(), fleet.ownStarts(mark, DATA1_PROMOTED));
        List<Member> left = without(ALL, DATA1, DATA1_SLAVE);
        assertEquals(running(plus(left, DATA1_PROMOTED)), pgxcCtl.monitor());
        insert(10);
        assertRowsOnBoth();

        int killed = fleet.log(DATA1_PROMOTED).mark();
        pgxcCtl.run("kill datanode master data1");
        fleet.awaitState(killed, DATA1_PROMOTED, "RUNNING");
        assertRows();
        assertEquals(0, fleet.stop(DATA1_PROMOTED.host()));
        restart(DATA1_PROMOTED);
        assertRows();
        insert(10);
        assertRowsOnBoth();
        assertPasswordsAreAskedFor(COORD1, COORD2, DATA1_PROMOTED, DATA2);
    }

    /** Of a coordinator it is the definitions that count: of tables, of nodes, of users with their passwords. */
    @Test
    @Order(3)
    void aFailoverOfACoordinatorLosesNoDefinition() {
        pgxcCtl.sql(COORD1, "CREATE TABLE defined_last (i int) DISTRIBUTE BY HASH (i)",
                "CREATE ROLE client LOGIN PASSWORD 'of-the-client'").orFail();
        awaitReplay(COORD1, COORD1_SLAVE);
        int mark = fleet.log(COORD1_SLAVE).mark();
        fleet.sandbox(COORD1.host()).kill();
        long start = System.nanoTime();
        pgxcCtl.run("failover coordinator coord1");
        first = COORD1_PROMOTED;
        assertRows();
        measured("failover coordinator, to rows", start);
        fleet.awaitState(mark, COORD1_PROMOTED, "RUNNING");
        assertEquals(List.of(), fleet.ownStarts(mark, COORD1_PROMOTED));
        List<Member> left = plus(without(ALL, DATA1, DATA1_SLAVE, COORD1, COORD1_SLAVE), DATA1_PROMOTED, COORD1_PROMOTED);
        assertEquals(running(left), pgxcCtl.monitor());
        for (Member node : List.of(COORD1_PROMOTED, COORD2, DATA1_PROMOTED, DATA2)) {
            assertEquals(COORD1_PROMOTED.host() + "|" + COORD1_PROMOTED.node().port(), pgxcCtl.sql(node,
                    "SELECT node_host, node_port FROM pgxc_node WHERE node_name = 'coord1'").orFail().text(), node.spoken());
        }
        insert(10);
        assertRowsOnBoth();
        pgxcCtl.sql(COORD1_PROMOTED, "INSERT INTO defined_last VALUES (1)").orFail();
        pgxcCtl.sql(COORD2, "CREATE TABLE defined_by_the_other (i int) DISTRIBUTE BY HASH (i)").orFail();
        assertEquals("1|0", pgxcCtl.sql(COORD1_PROMOTED,
                "SELECT (SELECT count(*) FROM defined_last), (SELECT count(*) FROM defined_by_the_other)").orFail().text());
        assertEquals("client", fleet.sandbox("control").exec("postgres", "PGPASSWORD=of-the-client psql -XAtqw -U client -h "
                + COORD1_PROMOTED.host() + " -p " + COORD1_PROMOTED.node().port() + " -d postgres -c 'SELECT user'")
                .orFail().text());

        int killed = fleet.log(COORD1_PROMOTED).mark();
        pgxcCtl.run("kill coordinator master coord1");
        fleet.awaitState(killed, COORD1_PROMOTED, "RUNNING");
        assertRows();
        assertEquals(0, fleet.stop(COORD1_PROMOTED.host()));
        restart(COORD1_PROMOTED);
        assertRows();
        insert(10);
        assertRowsOnBoth();
        assertPasswordsAreAskedFor(COORD1_PROMOTED, COORD2, DATA1_PROMOTED, DATA2);
    }

    /** {@code pgxc_ctl} promotes the slave and leaves the rest to the operator: who asks which GTM. */
    @Test
    @Order(4)
    void aFailoverOfGtmLosesNoRow() {
        int mark = fleet.log(GTM_SLAVE).mark();
        int before = fleet.pid(GTM_SLAVE);
        assertEquals(0, fleet.stop(GTM.host()));
        stopWithoutGtm(COORD2);
        long start = System.nanoTime();
        pgxcCtl.run("failover gtm");
        List<Member> clients = List.of(COORD1_PROMOTED, COORD2, DATA1_PROMOTED, DATA2);
        for (Member client : clients) {
            pgxcCtl.ssh(client.host(), "echo \"gtm_host = '" + GTM_PROMOTED.host() + "'\" >>"
                    + client.node().path() + "/postgresql.conf").orFail();
            // pgxc_ctl makes a fast stop of every stop, and that waits for the GTM that is gone: half a minute each.
            pgxcCtl.ssh(client.host(), "pg_ctl stop -w -m immediate -D " + client.node().path()).orFail();
        }
        clients.forEach(client -> pgxcCtl.run("start " + client.spoken()));
        assertRows();
        measured("failover gtm, to rows", start);
        pgxcCtl.run("reconnect gtm_proxy all");
        assertEquals(running(plus(clients, GTM_PROMOTED, PROXY)), awaitMonitor(plus(clients, GTM_PROMOTED, PROXY)));
        assertEquals(before, fleet.pid(GTM_PROMOTED));
        assertEquals(List.of(), fleet.log(GTM_PROMOTED).states(mark, GTM_PROMOTED.node()));
        insert(10);

        int killed = fleet.log(GTM_PROMOTED).mark();
        pgxcCtl.run("kill gtm master");
        fleet.awaitState(killed, GTM_PROMOTED, "RUNNING");
        assertRows();
        insert(10);
        assertRowsOnBoth();
        assertPasswordsAreAskedFor(COORD1_PROMOTED, COORD2, DATA1_PROMOTED, DATA2);
    }

    /** From {@code init.sh} to here. */
    @Test
    @Order(5)
    void thePasswordWasInNoProcessListAndIsInNoFileButItsOwn() {
        assertPasswordIsNowhereElse();
    }

    @Test
    @Order(6)
    void aMasterThatIsRemovedIsForgotten() {
        pgxcCtl.run("stop gtm_proxy " + PROXY.host());
        remove(PROXY);
        remove(COORD2);
        pgxcCtl.sql(first, "ALTER TABLE kept DELETE NODE (data2)").orFail();
        remove(DATA2);
        List<Member> left = List.of(GTM_PROMOTED, COORD1_PROMOTED, DATA1_PROMOTED);
        assertEquals(running(left), pgxcCtl.monitor());
        awaitCount(first);
        for (Member removed : List.of(PROXY, COORD2, DATA2)) {
            assertEquals(0, fleet.stop(removed.host()), removed.host());
            int mark = fleet.log(removed).mark();
            fleet.start(removed.host());
            awaitLogin(removed);
            assertEquals(List.of(), fleet.log(removed).states(mark, removed.node()), removed.host());
        }
        insert(10);
        awaitCount(first);
        remove(GTM_PROMOTED);
    }

    @Test
    @Order(7)
    void everyContainerStopsClean() {
        List<String> up = fleet.sandboxes().stream().filter(Sandbox::isRunning).map(Sandbox::hostname).toList();
        assertEquals(7, up.size(), up.toString());
        assertEquals(Map.of(), fleet.badExitCodesOf(up));
    }

    /** PostgreSQL's fast shutdown may wait for a GTM that is gone; the agent's budget must not. */
    private void stopWithoutGtm(Member member) {
        long start = System.nanoTime();
        int code = fleet.stop(member.host());
        long stopped = measured("stop of the container of " + member.spoken() + " without GTM, exit " + code, start);
        assertTrue(code == 0 || code == 1, "exit " + code);
        assertTrue(stopped - start < Duration.ofSeconds(20).toNanos(), "Docker would have killed it");
        restart(member);
    }
}
