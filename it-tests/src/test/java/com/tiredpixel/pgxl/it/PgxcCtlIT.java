package com.tiredpixel.pgxl.it;

import static com.tiredpixel.pgxl.it.Member.monitored;
import static com.tiredpixel.pgxl.it.Member.running;
import static com.tiredpixel.pgxl.it.Member.without;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * What an operator does with the real {@code pgxc_ctl} to a whole Postgres-XL, and what becomes of it: making,
 * stopping, killing, removing, and containers that come and go.
 */
class PgxcCtlIT extends WholeCluster {

    /** Watching that nothing happens must end some time; the agent restarts a crashed server in far less. */
    private static final Duration LONG_ENOUGH_TO_RESTART = Duration.ofSeconds(4);

    @Test
    @Order(1)
    void aClusterMadeByAddRunsAndNothingIsRestartedByHand() {
        long start = makeMasters();
        assertEquals(running(MASTERS), pgxcCtl.monitor());
        measured("first add to monitor all", start);
        for (Member member : List.of(COORD1, COORD2, DATA1, DATA2)) {
            assertEquals("250\n" + (Places.ninePointFive() ? "hot_standby" : "replica") + "\n10", pgxcCtl.sql(member,
                    "SHOW max_prepared_transactions", "SHOW wal_level", "SHOW tcp_keepalives_idle").orFail().text(), member.spoken());
            if (!Places.ninePointFive()) {
                assertEquals("20", pgxcCtl.sql(member, "SHOW gtm_comm_timeout").orFail().text(), member.spoken());
            }
        }
        assertFalse(fleet.log(DATA1).lines(0, "server in restore mode in data/data: not a node yet").isEmpty());
    }

    @Test
    @Order(2)
    void aDistributedTableHasRowsOnBothDatanodes() {
        defineTable();
        insert(1000);
        assertRows();
        assertRowsOnBoth();
    }

    @Test
    @Order(3)
    void slavesOfAllKindsAndAProxyAreAdopted() {
        Map<Member, Integer> marks = fleet.marks(List.of(COORD1, DATA1));
        long start = makeSlaves();
        assertEquals(running(ALL), pgxcCtl.monitor());
        measured("adding a slave of each kind and a proxy", start);
        insert(10);
        assertRows();
        marks.forEach((master, mark) -> {
            // The master was stopped and started for it, perhaps before the agent had judged the stop.
            assertTrue(fleet.log(master).states(mark, master.node()).contains("SETTLING"), master.spoken());
            assertEquals(List.of(), fleet.ownStarts(mark, master), master.spoken());
        });
        List.of(DATA1_SLAVE, COORD1_SLAVE).forEach(this::keepCold);
        assertEquals(running(ALL), pgxcCtl.monitor());
        assertPasswordsAreAskedFor(COORD1, COORD2, DATA1, DATA2);
    }

    @Test
    @Order(4)
    void whatIsStoppedStaysDownAndWhatIsStartedIsAdopted() {
        List<Member> order =
                List.of(COORD1_SLAVE, COORD1, COORD2, DATA1_SLAVE, DATA1, DATA2, PROXY, GTM_SLAVE, GTM);
        Map<Member, Integer> marks = fleet.marks(order);
        for (Member member : order) {
            pgxcCtl.run("stop " + (member.node().isPostgres() ? "-m fast " : "") + member.spoken());
            marks.put(member, fleet.awaitState(marks.get(member), member, "STOPPED"));
        }
        Await.stays(LONG_ENOUGH_TO_RESTART, "that every server stays down", () -> order.stream().allMatch(member ->
                fleet.sandbox(member.host()).nodePid(member.node()).isEmpty()
                        && fleet.log(member).states(marks.get(member), member.node()).isEmpty()));
        assertEquals(monitored("Not running: ", ALL), pgxcCtl.monitor());

        for (Member member : List.of(GTM, GTM_SLAVE, PROXY, COORD1, COORD2, DATA1, DATA1_SLAVE, DATA2, COORD1_SLAVE)) {
            pgxcCtl.run("start " + member.spoken());
            fleet.awaitState(marks.get(member), member, "RUNNING");
        }
        assertEquals(running(ALL), pgxcCtl.monitor());
        assertRows();
        insert(10);
        assertRows();
        order.forEach(member -> assertEquals(List.of(), fleet.ownStarts(marks.get(member), member), member.spoken()));
    }

    @Test
    @Order(5)
    void whatIsKilledComesBackByItself() {
        for (Member member : ALL) {
            int mark = fleet.log(member).mark();
            int before = fleet.pid(member);
            long start = System.nanoTime();
            pgxcCtl.run("kill " + member.spoken());
            fleet.awaitState(mark, member, "RUNNING");
            measured("kill to running again: " + member.spoken(), start);
            assertNotEquals(before, fleet.pid(member), member.spoken());
            assertEquals(1, fleet.ownStarts(mark, member).size(), member.spoken());
        }
        assertEquals(running(ALL), awaitMonitor(ALL));
        insert(10);
        assertRows();
    }

    /** Of a GTM it is a restart, of the others a refusal. */
    @Test
    @Order(6)
    void aStartOfWhatRunsIsNeverFought() {
        Map<Member, Integer> marks = fleet.marks(ALL);
        for (Member member : List.of(GTM, PROXY, COORD2, DATA2)) {
            pgxcCtl.attempt("start " + member.spoken());
        }
        assertEquals(running(ALL), awaitMonitor(ALL));
        for (Member member : List.of(GTM, PROXY)) {
            fleet.awaitState(marks.get(member), member, "RUNNING");
        }
        insert(10);
        assertRows();
        for (Member member : ALL) {
            assertEquals(List.of(), fleet.ownStarts(marks.get(member), member), member.spoken());
            assertEquals(1, fleet.servers(member), member.spoken());
        }
    }

    /** A stop and a start in one go, as fast as {@code pgxc_ctl} can. */
    @Test
    @Order(7)
    void stopAllAndStartAllAreNeverFought() {
        Map<Member, Integer> marks = fleet.marks(ALL);
        long start = System.nanoTime();
        pgxcCtl.run("stop -m fast all");
        pgxcCtl.run("start all");
        assertEquals(running(ALL), awaitMonitor(ALL));
        measured("stop all, start all, monitor all", start);
        waitForNoStandby(COORD2);
        ALL.forEach(member -> fleet.awaitState(marks.get(member), member, "RUNNING"));
        insert(10);
        assertRows();
        ALL.forEach(member -> assertEquals(List.of(), fleet.ownStarts(marks.get(member), member), member.spoken()));
    }

    @Test
    @Order(8)
    void everyNodeInTurnSurvivesItsContainer() {
        for (Member member : ALL) {
            long start = System.nanoTime();
            assertEquals(0, fleet.stop(member.host()), "exit code of " + member.host());
            long stopped = measured("stop of the container of " + member.spoken(), start);
            restart(member);
            measured("start of the container of " + member.spoken() + ", to running", stopped);
            assertRows();
        }
        assertEquals(running(ALL), awaitMonitor(ALL));
        insert(10);
        assertRows();
    }

    @Test
    @Order(9)
    void allNodesAtOnceSurviveTheirContainers() {
        long start = System.nanoTime();
        Map<String, Integer> bad = fleet.badExitCodes(ALL);
        long stopped = measured("stop of all containers at once, exit codes but 0: " + bad, start);
        // A master's last WAL goes to the archive on its slave's host. When that is gone first, rsync waits until the
        // agent ends it, some seconds after the shutdown checkpoint, and the exit code says so.
        List.of(COORD1.host(), DATA1.host()).forEach(master -> bad.remove(master, 1));
        assertEquals(Map.of(), bad);
        ALL.stream().filter(member -> member.node().isPostgres()).forEach(member ->
                assertTrue(fleet.controlState(member).startsWith("shut down"), member.spoken()));
        Map<Member, Integer> marks = fleet.marks(ALL);
        ALL.forEach(member -> fleet.start(member.host()));
        ALL.forEach(member -> fleet.awaitState(marks.get(member), member, "RUNNING"));
        assertRows();
        measured("start of all containers at once, to rows", stopped);
        assertEquals(running(ALL), awaitMonitor(ALL));
        insert(10);
        assertRows();
        assertRowsOnBoth();
        ALL.forEach(member -> pgxcCtl.ssh(member.host(), "true").orFail());
    }

    @Test
    @Order(10)
    void aSlaveThatIsRemovedIsForgottenAndMayBeAddedAgain() {
        int mark = fleet.log(COORD1_SLAVE).mark();
        pgxcCtl.run("stop gtm slave");
        remove(GTM_SLAVE);
        remove(DATA1_SLAVE);
        // It cleans the wrong host, so a person has to.
        pgxcCtl.run("remove " + COORD1_SLAVE.spoken() + " clean");
        int stopped = fleet.awaitState(mark, COORD1_SLAVE, "STOPPED");
        pgxcCtl.ssh(COORD1_SLAVE.host(), "rm -rf " + COORD1_SLAVE.node().path()).orFail();
        fleet.awaitState(stopped, COORD1_SLAVE, "GONE");
        assertEquals(running(without(ALL, GTM_SLAVE, DATA1_SLAVE, COORD1_SLAVE)), pgxcCtl.monitor());
        List.of(GTM_SLAVE, DATA1_SLAVE, COORD1_SLAVE).forEach(this::add);
        assertEquals(running(ALL), pgxcCtl.monitor());
        insert(10);
        assertRows();
    }

    /** From {@code init.sh} to here. */
    @Test
    @Order(11)
    void thePasswordWasInNoProcessListAndIsInNoFileButItsOwn() {
        assertPasswordIsNowhereElse();
    }

    /**
     * A GTM that starts again leaves out transaction ids, thousands of them; a hot standby that replays such a
     * jump ends with "too many KnownAssignedXids", and at each start anew.
     */
    private void keepCold(Member slave) {
        int mark = fleet.log(slave).mark();
        pgxcCtl.ssh(slave.host(), "echo 'hot_standby = off' >>" + slave.node().path() + "/postgresql.conf").orFail();
        pgxcCtl.run("stop -m fast " + slave.spoken());
        int stopped = fleet.awaitState(mark, slave, "STOPPED");
        pgxcCtl.run("start " + slave.spoken());
        fleet.awaitState(stopped, slave, "RUNNING");
        assertEquals(List.of(), fleet.ownStarts(mark, slave), slave.spoken());
    }

    /**
     * {@code start all}, where any coordinator has a slave, makes each of them wait for one. Without a slave its next
     * {@code ALTER NODE} waits for ever, and a failover with it.
     */
    private void waitForNoStandby(Member coordinator) {
        String directory = coordinator.node().path();
        pgxcCtl.ssh(coordinator.host(), "echo \"synchronous_standby_names = ''\" >>" + directory
                + "/postgresql.conf && pg_ctl reload -D " + directory).orFail();
    }
}
