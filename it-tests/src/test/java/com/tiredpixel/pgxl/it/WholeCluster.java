package com.tiredpixel.pgxl.it;

import static com.tiredpixel.pgxl.it.Member.running;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The life of a real Postgres-XL, driven by the real {@code pgxc_ctl}: each server in a sandbox of its own with the
 * agent as PID 1, set up by {@code init.sh} as the image's clusters are, with passwords. One cluster lives through
 * all tests of a class, so the order counts, and what follows a failure is skipped.
 */
@OnStage
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class WholeCluster {

    static final Member GTM = Member.gtm("gtm1", "master");
    static final Member GTM_SLAVE = Member.gtm("gtm2", "slave");
    static final Member PROXY = Member.proxy("proxy1");
    static final Member COORD1 = Member.coordinator("coord1", "master", "coord1");
    static final Member COORD2 = Member.coordinator("coord2", "master", "coord2");
    static final Member COORD1_SLAVE = Member.coordinator("coord1s", "slave", "coord1");
    static final Member DATA1 = Member.datanode("data1", "master", "data1");
    static final Member DATA2 = Member.datanode("data2", "master", "data2");
    static final Member DATA1_SLAVE = Member.datanode("data1s", "slave", "data1");

    static final List<Member> MASTERS = List.of(GTM, COORD1, COORD2, DATA1, DATA2);
    static final List<Member> ALL =
            List.of(GTM, COORD1, COORD2, DATA1, DATA2, DATA1_SLAVE, GTM_SLAVE, PROXY, COORD1_SLAVE);

    /** A crashed GTM takes its clients a while to reach again. */
    static final Duration RECOVERY = Duration.ofSeconds(90);

    private Stage stage;
    Fleet fleet;
    PgxcCtl pgxcCtl;
    private ProcessList processList;
    private String failed;
    private int rows;
    /** The coordinator that is asked for everything. */
    Member first = COORD1;

    @RegisterExtension
    final AfterTestExecutionCallback reporter = context -> context.getExecutionException()
            .filter(failure -> !(failure instanceof org.opentest4j.TestAbortedException))
            .ifPresent(failure -> {
                failed = context.getDisplayName();
                System.out.println("FAILED " + name() + "." + failed + ": " + failure + "\nkept in " + stage.directory()
                        + "\n" + fleet.lastWords(40) + pgxcCtl.lastWords(120));
            });

    @BeforeAll
    void setTheStage() {
        assumeTrue(Places.realPostgresXl(), () -> {
            String reason = "pgxc_ctl needs a real Postgres-XL, and there is none under PGXL_PREFIX";
            System.out.println("SKIPPED " + name() + ": " + reason);
            return reason;
        });
        stage = new Stage(Places.WORK.resolve(name() + "-" + ProcessHandle.current().pid()));
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

    private String name() {
        return getClass().getSimpleName();
    }

    // What a test does to the cluster.

    /** @return when the first of them was added */
    long makeMasters() {
        return make(MASTERS);
    }

    /** Of each kind of server, and a proxy. @return when the first of them was added */
    long makeSlaves() {
        return make(List.of(DATA1_SLAVE, GTM_SLAVE, PROXY, COORD1_SLAVE));
    }

    private long make(List<Member> members) {
        members.forEach(member -> fleet.start(member.host()));
        members.forEach(this::awaitLogin);
        long start = System.nanoTime();
        members.forEach(this::add);
        return start;
    }

    void awaitLogin(Member member) {
        Await.until(Await.LONG, "login to " + member.host(), () -> pgxcCtl.ssh(member.host(), "true").code() == 0);
    }

    void add(Member member) {
        int mark = fleet.log(member).mark();
        long start = System.nanoTime();
        pgxcCtl.run(member.add());
        fleet.awaitState(mark, member, "RUNNING");
        measured("add " + member.spoken() + ", to adopted", start);
        assertEquals(List.of(), fleet.ownStarts(mark, member), member.spoken());
    }

    void remove(Member member) {
        int mark = fleet.log(member).mark();
        pgxcCtl.run("remove " + member.spoken() + " clean");
        fleet.awaitState(mark, member, "GONE");
        assertEquals(0, fleet.servers(member), member.spoken());
    }

    /** A new container on the old volume: the role is found, the host keys are the same, nothing is asked. */
    void restart(Member member) {
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
    void defineTable() {
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
    void insert(int count) {
        String statement = "INSERT INTO kept SELECT generate_series(" + (rows + 1) + ", " + (rows + count) + ")";
        Await.until(RECOVERY, "success of " + statement, () -> {
            Program.Result result = pgxcCtl.sql(first, statement);
            return result.code() == 0 || result.error().contains("duplicate key");
        });
        rows += count;
    }

    // What it sees of it.

    void assertRows() {
        awaitCount(first);
        awaitCount(COORD2);
    }

    void awaitCount(Member coordinator) {
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

    void assertRowsOnBoth() {
        var counts = new ArrayList<Integer>();
        for (String name : List.of("data1", "data2")) {
            counts.add(Integer.valueOf(pgxcCtl.sql(
                    first, "EXECUTE DIRECT ON (" + name + ") 'SELECT count(*) FROM kept'").orFail().text()));
        }
        assertTrue(counts.stream().allMatch(count -> count > 0), counts.toString());
        assertEquals(rows, counts.get(0) + counts.get(1));
    }

    /**
     * Of Control, and of the hosts with slaves, for whose addresses {@code pgxc_ctl} has written lines with "trust". No
     * line lets in more than one address.
     */
    void assertPasswordsAreAskedFor(Member... members) {
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

    /** Waits until all that the master has written so far stands in the slave, which nobody can ask. */
    void awaitReplay(Member master, Member slave) {
        boolean old = Places.ninePointFive();
        String written = pgxcCtl.sql(master, "SELECT " + (old ? "pg_current_xlog_location()" : "pg_current_wal_lsn()"))
                .orFail().text();
        String replayed = old ? "replay_location" : "replay_lsn";
        Await.until(RECOVERY, slave.spoken() + " at " + written, () -> pgxcCtl.sql(master, "SELECT coalesce(bool_or("
                + replayed + " >= '" + written + "'), false) FROM pg_stat_replication").orFail().text().equals("t"));
    }

    /** From {@code init.sh} on it was in no process list, and it is in no file but its own. */
    void assertPasswordIsNowhereElse() {
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
            stage.keep(Program.start(script, fleet.sandbox(COORD2.host()).inside("postgres", List.of("bash"))));
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

    List<String> awaitMonitor(List<Member> expected) {
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

    /** @return the present, to measure from */
    static long measured(String what, long start) {
        long now = System.nanoTime();
        System.out.println("MEASURED " + what + ": " + (now - start) / 1_000_000 + " ms");
        return now;
    }
}
