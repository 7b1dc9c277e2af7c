package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.cluster.ask.JsonText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** {@code pgxl cluster verify} finds what does not agree in a whole Postgres-XL, and what it says mends it. */
class ClusterVerifyIT extends WholeCluster {

    private record Found(String severity, String check, String where, String what, String command) {
    }

    private Program.Result verify(String... options) {
        long start = System.nanoTime();
        Program.Result result = pgxcCtl.clusterVerify(options);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        measured("pgxl cluster verify", start);
        System.out.println(result.text() + result.error());
        assertTrue(took.compareTo(Duration.ofSeconds(60)) < 0, "took " + took);
        return result;
    }

    /** On a busy machine some may not answer in time, and then it is another code. */
    private void assertExitCode(int code) {
        Await.until(Await.LONG, "exit code " + code, () -> verify().code() == code);
    }

    private List<Found> found() {
        var all = new Map<?, ?>[1];
        Await.until(Await.LONG, "answers of all", () -> {
            all[0] = (Map<?, ?>) JsonText.read(verify("--json").text());
            return all[0].get("notAsked").equals(List.of());
        });
        return ((List<?>) all[0].get("findings")).stream().map(one -> (Map<?, ?>) one)
                .map(one -> new Found(word(one, "severity"), word(one, "check"), word(one, "where"), word(one, "what"),
                        word(one, "command"))).toList();
    }

    private static String word(Map<?, ?> row, String name) {
        return String.valueOf(row.get(name));
    }

    private void mend(Found found) {
        System.out.println("MEND " + found.command());
        System.out.println(pgxcCtl.paste(found.command()).orFail().text());
    }

    private void assertNothing() {
        assertEquals(List.of(), found());
        Await.until(Await.LONG, "page of a cluster where nothing is found", () -> {
            Program.Result result = verify();
            return result.code() == 0 && result.text().equals("cluster: no errors, no warnings in 5 servers");
        });
    }

    @Test
    @Order(1)
    void inAHealthyClusterNothingIsFound() {
        makeMasters();
        defineTable();
        assertNothing();
    }

    @Test
    @Order(2)
    void aPortThatOneCoordinatorHasWrongIsFoundThereAndNothingElse() {
        pgxcCtl.sql(COORD2, "ALTER NODE data1 WITH (PORT = 5439)", "SELECT pgxc_pool_reload()").orFail();
        assertExitCode(1);
        List<Found> findings = found();
        assertEquals(1, findings.size(), findings.toString());
        assertEquals(List.of("error", "pgxc_node", "coordinator coord2 at coord2:5432",
                "its pgxc_node has datanode data1 at data1:5439, pgxc_ctl.conf at data1:5432"),
                List.of(findings.get(0).severity(), findings.get(0).check(), findings.get(0).where(), findings.get(0).what()));
        mend(findings.get(0));
        assertNothing();
    }

    /** It is told in the session that alters: in a later one a reload finds nothing altered. */
    @Test
    @Order(3)
    void thePoolerIsToldByWhatMends() {
        pgxcCtl.sql(COORD2, "SELECT count(*) FROM kept").orFail();
        pgxcCtl.sql(COORD2, "ALTER NODE data1 WITH (PORT = 5439)").orFail();
        assertEquals("f", poolCheck());
        pgxcCtl.sql(COORD2, "SELECT pgxc_pool_reload()").orFail();
        assertEquals("f", poolCheck());
        List<Found> findings = found();
        assertEquals(List.of("pgxc_node"), findings.stream().map(Found::check).toList());
        mend(findings.get(0));
        assertEquals("t", poolCheck());
        assertNothing();
    }

    private String poolCheck() {
        return pgxcCtl.sql(COORD2, "SELECT pgxc_pool_check()").orFail().text();
    }

    @Test
    @Order(4)
    void aTableThatIsNotOnADatanodeIsFoundInItsDatabase() {
        pgxcCtl.sql(COORD1, "CREATE DATABASE \"o'ther=x\"").orFail();
        pgxcCtl.paste("psql -XAtqw -h coord1 -d \"dbname='o\\'ther=x'\" -c"
                + " 'CREATE TABLE half (i int) DISTRIBUTE BY HASH (i) TO NODE (data2)'").orFail();
        List<Found> findings = found();
        assertEquals(List.of("warning table database o'ther=x: table public.half is not on data1"), findings.stream()
                .map(one -> one.severity() + " " + one.check() + " " + one.where() + ": " + one.what()).toList());
        assertExitCode(2);
        mend(findings.get(0));
        assertNothing();
    }

    /** What {@code pgxc_ctl} leaves behind, and what then comes back. */
    @Test
    @Order(5)
    void anOldMasterThatComesBackAfterAFailoverByHandIsFound() {
        fleet.start(DATA1_SLAVE.host());
        awaitLogin(DATA1_SLAVE);
        add(DATA1_SLAVE);
        assertExitCode(0);
        fleet.sandbox(DATA1.host()).kill();
        pgxcCtl.run("failover datanode data1");
        assertTrue(verify().text().contains("host data1, which pgxc_ctl.conf named once"));

        fleet.start(DATA1.host());
        awaitLogin(DATA1);
        Await.until(RECOVERY, "old master that waits", () -> strangers().size() == 1);
        Found old = strangers().get(0);
        assertEquals("warning datanode data1 on data1 in " + DATA1.node().path(), old.severity() + " " + old.where());
        assertEquals("it would run and is kept down, and pgxc_ctl.conf does not name it; data1 is at data1s:5433", old.what());
        mend(old);
        assertEquals(List.of(), strangers());

        fleet.stop(DATA1.host());
        fleet.set(DATA1.host(), "PGXL_OLD_MASTER", "start");
        fleet.start(DATA1.host());
        awaitLogin(DATA1);
        pgxcCtl.ssh(DATA1.host(), Pgxl.PATH + " release " + DATA1.node().path()).orFail();
        Await.until(RECOVERY, "old master that runs", () -> strangers().size() == 1);
        old = strangers().get(0);
        assertEquals("error datanode data1 on data1 in " + DATA1.node().path(), old.severity() + " " + old.where());
        assertEquals("it runs and pgxc_ctl.conf does not name it; data1 is at data1s:5433", old.what());
        assertExitCode(1);
        mend(old);
        assertEquals(List.of(), strangers());
        assertEquals(0, fleet.servers(DATA1));
    }

    private List<Found> strangers() {
        return found().stream().filter(one -> one.check().equals("stranger")).collect(Collectors.toList());
    }
}
