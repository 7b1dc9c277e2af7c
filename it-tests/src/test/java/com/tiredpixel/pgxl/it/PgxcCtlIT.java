package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The whole life of a real Postgres-XL, driven by the real {@code pgxc_ctl}: each server in a sandbox of its own
 * with the agent as PID 1, set up by {@code init.sh} as the image's clusters are, with passwords. One cluster lives
 * through all of it, so the order counts, and what follows a failure is skipped.
 */
@OnStage
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PgxcCtlIT {

    private static final Member GTM = Member.gtm("gtm1", "master");
    private static final Member GTM_SLAVE = Member.gtm("gtm2", "slave");
    private static final Member PROXY = Member.proxy("proxy1");
    private static final Member COORD1 = Member.coordinator("coord1", "master", "coord1");
    private static final Member COORD2 = Member.coordinator("coord2", "master", "coord2");
    private static final Member COORD1_SLAVE = Member.coordinator("coord1s", "slave", "coord1");
    private static final Member DATA1 = Member.datanode("data1", "master", "data1");
    private static final Member DATA2 = Member.datanode("data2", "master", "data2");
    private static final Member DATA1_SLAVE = Member.datanode("data1s", "slave", "data1");

    private static final List<Member> MASTERS = List.of(GTM, COORD1, COORD2, DATA1, DATA2);
    private static final List<Member> ALL =
            List.of(GTM, COORD1, COORD2, DATA1, DATA2, DATA1_SLAVE, GTM_SLAVE, PROXY, COORD1_SLAVE);

    /** What they are after {@code failover datanode data1} and {@code failover gtm}. */
    private static final Member DATA1_PROMOTED = DATA1_SLAVE.promoted();
    private static final Member GTM_PROMOTED = GTM_SLAVE.promoted();

    /** Watching that nothing happens must end some time; the agent restarts a crashed server in far less. */
    private static final Duration LONG_ENOUGH_TO_RESTART = Duration.ofSeconds(4);

    /** A crashed GTM takes its clients a while to reach again. */
    private static final Duration RECOVERY = Duration.ofSeconds(90);

    private Stage stage;
    private Fleet fleet;
    private PgxcCtl pgxcCtl;
    private ProcessList processList;
    private String failed;
    private int rows;

    @RegisterExtension
    final AfterTestExecutionCallback reporter = context -> context.getExecutionException()
            .filter(failure -> !(failure instanceof org.opentest4j.TestAbortedException))
            .ifPresent(failure -> {
                failed = context.getDisplayName();
                System.out.println("FAILED PgxcCtlIT." + failed + ": " + failure + "\nkept in " + stage.directory()
                        + "\n" + fleet.lastWords(40) + pgxcCtl.lastWords(120));
            });

    @BeforeAll
    void setTheStage() {
        assumeTrue(Places.realPostgresXl(), () -> {
            String reason = "pgxc_ctl needs a real Postgres-XL, and there is none under PGXL_PREFIX";
            System.out.println("SKIPPED PgxcCtlIT: " + reason);
            return reason;
        });
        stage = new Stage(Places.WORK.resolve("PgxcCtlIT-" + ProcessHandle.current().pid()));
        fleet = new Fleet(stage, "control", ALL.stream().map(Member::host).toList());
        Sandbox control = fleet.start("control");
        processList = stage.keep(new ProcessList(() -> fleet.sandboxes()));
        pgxcCtl = new PgxcCtl(control);
    }

    @AfterAll
    void clearTheStage() {
        if (stage != null) {
            stage.close();
            if (failed == null) {
                Program.run(Await.LONG, List.of("rm", "-rf", stage.directory().toString())).orFail();
            }
        }
    }

    @BeforeEach
    void nothingHasFailed() {
        assumeTrue(failed == null, () -> "it follows the failure of " + failed);
    }

    @Test
    @Order(1)
    void aClusterMadeByAddRunsAndNothingIsRestartedByHand() {
        MASTERS.forEach(member -> fleet.start(member.host()));
        MASTERS.forEach(this::awaitLogin);
        long start = System.nanoTime();
        MASTERS.forEach(this::add);
        assertEquals(running(MASTERS), pgxcCtl.monitor());
        measured("first add to monitor all", start);
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
        List<Member> added = List.of(DATA1_SLAVE, GTM_SLAVE, PROXY, COORD1_SLAVE);
        added.forEach(member -> fleet.start(member.host()));
        added.forEach(this::awaitLogin);
        Map<Member, Integer> marks = marks(List.of(COORD1, DATA1));
        long start = System.nanoTime();
        added.forEach(this::add);
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
        Map<Member, Integer> marks = marks(order);
        for (Member member : order) {
            pgxcCtl.run("stop " + (member.node().role().isPostgres() ? "-m fast " : "") + member.spoken());
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
            int before = pid(member);
            long start = System.nanoTime();
            pgxcCtl.run("kill " + member.spoken());
            fleet.awaitState(mark, member, "RUNNING");
            measured("kill to running again: " + member.spoken(), start);
            assertNotEquals(before, pid(member), member.spoken());
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
        Map<Member, Integer> marks = marks(ALL);
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
            assertEquals(1, servers(member), member.spoken());
        }
    }

    /** A stop and a start in one go, as fast as {@code pgxc_ctl} can. */
    @Test
    @Order(7)
    void stopAllAndStartAllAreNeverFought() {
        Map<Member, Integer> marks = marks(ALL);
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
        Map<String, Integer> bad = badExitCodes(ALL);
        long stopped = measured("stop of all containers at once, exit codes but 0: " + bad, start);
        // A master's last WAL goes to the archive on its slave's host. When that is gone first, rsync waits until the
        // agent ends it, some seconds after the shutdown checkpoint, and the exit code says so.
        List.of(COORD1.host(), DATA1.host()).forEach(master -> bad.remove(master, 1));
        assertEquals(Map.of(), bad);
        ALL.stream().filter(member -> member.node().role().isPostgres()).forEach(member ->
                assertTrue(controlState(member).startsWith("shut down"), member.spoken()));
        Map<Member, Integer> marks = marks(ALL);
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
        add(GTM_SLAVE);
        add(DATA1_SLAVE);
        assertEquals(running(without(ALL, COORD1_SLAVE)), pgxcCtl.monitor());
        insert(10);
        assertRows();
    }

    @Test
    @Order(11)
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
        List<Member> left = without(ALL, COORD1_SLAVE, DATA1, DATA1_SLAVE, DATA1_PROMOTED);
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

    /** {@code pgxc_ctl} promotes the slave and leaves the rest to the operator: who asks which GTM. */
    @Test
    @Order(12)
    void aFailoverOfGtmLosesNoRow() {
        int mark = fleet.log(GTM_SLAVE).mark();
        int before = pid(GTM_SLAVE);
        assertEquals(0, fleet.stop(GTM.host()));
        stopWithoutGtm(COORD2);
        long start = System.nanoTime();
        pgxcCtl.run("failover gtm");
        List<Member> clients = List.of(COORD1, COORD2, DATA1_PROMOTED, DATA2);
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
        assertEquals(before, pid(GTM_PROMOTED));
        assertEquals(List.of(), fleet.log(GTM_PROMOTED).states(mark, GTM_PROMOTED.node()));
        insert(10);

        int killed = fleet.log(GTM_PROMOTED).mark();
        pgxcCtl.run("kill gtm master");
        fleet.awaitState(killed, GTM_PROMOTED, "RUNNING");
        assertRows();
        insert(10);
        assertRowsOnBoth();
        assertPasswordsAreAskedFor(COORD1, COORD2, DATA1_PROMOTED, DATA2);
    }

    /** From {@code init.sh} to here. */
    @Test
    @Order(13)
    void thePasswordWasInNoProcessListAndIsInNoFileButItsOwn() {
        // What follows it, a character that not every encoding shows alike, is left out.
        String password = fleet.sandbox("control").exec("postgres", "cut -d: -f5 " + Passwords.FILE + " | head -c 32")
                .orFail().text();
        assertEquals(32, password.length());
        assertFalse(processList.showed(password));
        System.out.println("MEASURED the password is in none of " + processList);
        assertTrue(processList.showed("init.sh"), "init.sh was seen at work");
        assertTrue(processList.showed("--pwfile=/dev/fd/3"), "an initdb that was given the password was seen");
        List.of("exec -a %s sleep 60", "PGPASSWORD=%s exec sleep 60").forEach(careless -> {
            String word = "not-the-password-" + System.nanoTime();
            Path script = stage.newDirectory("script").resolve("careless");
            assertDoesNotThrow(() -> Files.writeString(script, careless.formatted(word) + "\n"));
            stage.keep(Program.start(script, fleet.sandbox(COORD1.host()).inside("postgres", List.of("bash"))));
            Await.until(Await.LONG, "sight of " + word, () -> processList.showed(word));
        });

        // The word comes by a pipe: in an argument it would be in the process list.
        String own = fleet.sandbox("control").volume().resolve(".ssh/pgpass").toString();
        assertEquals(own, Program.run(Await.LONG, List.of("bash", "-c", "cut -d: -f5 \"$0\" | head -c 32 | grep -rlF -f - \"$1\"",
                own, stage.directory().toString())).text());
        for (Sandbox sandbox : fleet.sandboxes()) {
            if (sandbox.isRunning()) {
                Program.Result found = sandbox.exec("root", "cp " + Passwords.FILE + " /tmp/copy && cut -d: -f5 /tmp/copy"
                        + " | head -c 32 | grep -rlsF -f - /tmp /run /dev/shm; rm /tmp/copy");
                assertEquals("/tmp/copy", found.text(), sandbox.hostname());
            }
        }
    }

    @Test
    @Order(14)
    void aMasterThatIsRemovedIsForgotten() {
        pgxcCtl.run("stop gtm_proxy " + PROXY.host());
        remove(PROXY);
        remove(COORD2);
        pgxcCtl.sql(COORD1, "ALTER TABLE kept DELETE NODE (data2)").orFail();
        remove(DATA2);
        List<Member> left = List.of(GTM_PROMOTED, COORD1, DATA1_PROMOTED);
        assertEquals(running(left), pgxcCtl.monitor());
        awaitCount(COORD1);
        for (Member removed : List.of(PROXY, COORD2, DATA2)) {
            assertEquals(0, fleet.stop(removed.host()), removed.host());
            int mark = fleet.log(removed).mark();
            fleet.start(removed.host());
            awaitLogin(removed);
            assertEquals(List.of(), fleet.log(removed).states(mark, removed.node()), removed.host());
        }
        insert(10);
        awaitCount(COORD1);
        remove(GTM_PROMOTED);
    }

    @Test
    @Order(15)
    void everyContainerStopsClean() {
        List<String> up = fleet.sandboxes().stream().filter(Sandbox::isRunning).map(Sandbox::hostname).toList();
        assertTrue(up.size() >= 8, up.toString());
        assertEquals(Map.of(), badExitCodesOf(up));
    }

    // What a test does to the cluster.

    private void awaitLogin(Member member) {
        Await.until(Await.LONG, "login to " + member.host(), () -> pgxcCtl.ssh(member.host(), "true").code() == 0);
    }

    private void add(Member member) {
        int mark = fleet.log(member).mark();
        long start = System.nanoTime();
        pgxcCtl.run(member.add());
        fleet.awaitState(mark, member, "RUNNING");
        measured("add " + member.spoken() + ", to adopted", start);
        assertEquals(List.of(), fleet.ownStarts(mark, member), member.spoken());
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

    private void remove(Member member) {
        int mark = fleet.log(member).mark();
        pgxcCtl.run("remove " + member.spoken() + " clean");
        fleet.awaitState(mark, member, "GONE");
        assertEquals(0, servers(member), member.spoken());
    }

    /** A new container on the old volume: the role is found, the host keys are the same, nothing is asked. */
    private void restart(Member member) {
        int mark = fleet.log(member).mark();
        fleet.start(member.host());
        fleet.log(member).await(mark, member.node().subject() + ": found: ", Await.LONG);
        fleet.awaitState(mark, member, "RUNNING");
        assertFalse(fleet.ownStarts(mark, member).isEmpty(), member.spoken());
        pgxcCtl.ssh(member.host(), "true").orFail();
    }

    /**
     * A coordinator's pooled session on the other one may be older than the datanodes, and says "No Datanode defined
     * in cluster" until the pool is reloaded.
     */
    private void defineTable() {
        Await.until(RECOVERY, "table", () -> {
            Program.Result result = pgxcCtl.sql(
                    COORD1, "CREATE TABLE kept (i int PRIMARY KEY) DISTRIBUTE BY HASH (i)");
            if (result.code() != 0 && result.error().contains("No Datanode defined")) {
                List.of(COORD1, COORD2).forEach(each -> pgxcCtl.sql(each, "SELECT pgxc_pool_reload()").orFail());
                return false;
            }
            result.orFail();
            return true;
        });
    }

    /** One transaction on both datanodes; to repeat it after a lost answer does no harm. */
    private void insert(int count) {
        String statement = "INSERT INTO kept SELECT generate_series(" + (rows + 1) + ", " + (rows + count) + ")";
        Await.until(RECOVERY, "success of " + statement, () -> {
            Program.Result result = pgxcCtl.sql(COORD1, statement);
            return result.code() == 0 || result.error().contains("duplicate key");
        });
        rows += count;
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

    // What it sees of it.

    private void assertRows() {
        awaitCount(COORD1);
        awaitCount(COORD2);
    }

    private void awaitCount(Member coordinator) {
        var last = new Program.Result[1];
        try {
            Await.until(RECOVERY, rows + " rows from " + coordinator.host(), () -> {
                last[0] = pgxcCtl.sql(coordinator, "SELECT count(*) FROM kept");
                return last[0].code() == 0 && last[0].text().equals(Integer.toString(rows));
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", but " + last[0], e);
        }
    }

    private void assertRowsOnBoth() {
        var counts = new ArrayList<Integer>();
        for (String name : List.of("data1", "data2")) {
            counts.add(Integer.valueOf(pgxcCtl.sql(
                    COORD1, "EXECUTE DIRECT ON (" + name + ") 'SELECT count(*) FROM kept'").orFail().text()));
        }
        assertTrue(counts.stream().allMatch(count -> count > 0), counts.toString());
        assertEquals(rows, counts.get(0) + counts.get(1));
    }

    /**
     * Of Control, and of the hosts with slaves, for whose addresses {@code pgxc_ctl} has written lines with "trust". No
     * line lets in more than one address.
     */
    private void assertPasswordsAreAskedFor(Member... members) {
        for (Member member : members) {
            for (String from : List.of("control", DATA1_SLAVE.host(), COORD1_SLAVE.host())) {
                Passwords.assertAskedFor(command -> {
                    Program.Result result = fleet.sandbox(from).exec("postgres", command);
                    return new Passwords.Answer(result.code(), result.text() + result.error());
                }, member.host(), member.node().port());
            }
            assertEquals("", fleet.sandbox(member.host()).exec("postgres", "grep -E '^(host|local).*trust' "
                    + member.node().path() + "/pg_hba.conf | grep -vF /32").text(), member.spoken());
        }
    }

    private List<String> awaitMonitor(List<Member> expected) {
        List<String> wanted = running(expected);
        var last = new ArrayList<String>();
        try {
            Await.until(RECOVERY, "expected answer of monitor all", () -> {
                last.clear();
                last.addAll(pgxcCtl.monitor());
                return last.equals(wanted);
            });
        } catch (AssertionError e) {
            assertEquals(wanted, last, e.getMessage());
        }
        return last;
    }

    private int pid(Member member) {
        return fleet.sandbox(member.host()).nodePid(member.node())
                .orElseThrow(() -> new AssertionError("no pid file of " + member.spoken()));
    }

    /** @return what {@code pg_controldata} says of a server that is down */
    private String controlState(Member member) {
        Path directory = fleet.sandbox(member.host()).volume().resolve(member.node().directory());
        return Program.run(Await.LONG, List.of(
                        Places.prefix().resolve("bin/pg_controldata").toString(), directory.toString()))
                .orFail().text().lines()
                .filter(line -> line.startsWith("Database cluster state:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst().orElse("");
    }

    /** @return how many processes of the program there are that PID 1 is the parent of */
    private long servers(Member member) {
        String program = member.node().role().isPostgres() ? "postgres" : member.node().role().label();
        return fleet.sandbox(member.host()).processes().lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields[1].equals("1") && fields[4].equals(program))
                .count();
    }

    private Map<Member, Integer> marks(List<Member> members) {
        var marks = new HashMap<Member, Integer>();
        members.forEach(member -> marks.put(member, fleet.log(member).mark()));
        return marks;
    }

    private Map<String, Integer> badExitCodes(List<Member> members) {
        return badExitCodesOf(members.stream().map(Member::host).toList());
    }

    /** Stops containers at once. @return the exit codes that are not 0 */
    private Map<String, Integer> badExitCodesOf(List<String> hosts) {
        var codes = new HashMap<String, CompletableFuture<Integer>>();
        hosts.forEach(host -> codes.put(host, CompletableFuture.supplyAsync(() -> fleet.stop(host))));
        var bad = new HashMap<String, Integer>();
        codes.forEach((host, code) -> {
            if (code.join() != 0) {
                bad.put(host, code.join());
            }
        });
        return bad;
    }

    private static List<String> running(List<Member> members) {
        return monitored("Running: ", members);
    }

    private static List<String> monitored(String how, List<Member> members) {
        return members.stream().map(member -> how + member.monitored()).sorted().toList();
    }

    private static List<Member> without(List<Member> members, Member... others) {
        return members.stream().filter(member -> !Arrays.asList(others).contains(member)).toList();
    }

    private static List<Member> plus(List<Member> members, Member... others) {
        return Stream.concat(members.stream(), Stream.of(others)).toList();
    }

    /** @return the present, to measure from */
    private static long measured(String what, long start) {
        long now = System.nanoTime();
        System.out.println("MEASURED " + what + ": " + (now - start) / 1_000_000 + " ms");
        return now;
    }
}
