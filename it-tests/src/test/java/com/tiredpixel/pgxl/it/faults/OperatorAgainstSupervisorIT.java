package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.LogFile;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Operator;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Ssh;
import com.tiredpixel.pgxl.it.Stage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * What {@code pgxc_ctl} and a person do to servers over SSH, again and again. A fight is a start by the agent that
 * nobody needed; a command that waits, such as {@code pg_ctl start -w}, must not fail because of the agent.
 */
@Faults
class OperatorAgainstSupervisorIT {
    private static final int FULL = 200;
    private static final String OPPOSITE = "`aServerKilledByPgxcCtlThatNobodyStartsComesBack…`: there the agent's start is seen";

    @Test
    void stopAndStartOfACoordinator(Stage stage) {
        stopAndStart(stage, Cluster.COORDINATOR, "`pg_ctl stop -w`, `pg_ctl start -w`");
    }

    @Test
    void stopAndStartOfGtm(Stage stage) {
        stopAndStart(stage, Cluster.GTM, "`gtm_ctl stop`, `gtm_ctl start`");
    }

    private void stopAndStart(Stage stage, Node node, String commands) {
        Cluster cluster = Cluster.start(stage);
        try (Row row = row(commands)) {
            for (int i = 0; i < Scale.times(3, FULL); i++) {
                row.round(() -> {
                    int mark = cluster.sandbox().log().mark();
                    long start = System.nanoTime();
                    cluster.operator().stop(node).orFail();
                    cluster.operator().start(node).orFail();
                    cluster.sandbox().log().awaitState(mark, node, "RUNNING");
                    row.timed(start);
                    assertNoFight(cluster, node, mark);
                });
            }
            cluster.awaitRows(Cluster.COORDINATOR);
        }
    }

    @Test
    void restart(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.DATANODE;
        try (Row row = row("`pg_ctl restart -w`")) {
            for (int i = 0; i < Scale.times(3, FULL); i++) {
                row.round(() -> {
                    int mark = cluster.sandbox().log().mark();
                    long start = System.nanoTime();
                    cluster.operator().captured("pg_ctl restart -w -Z datanode -D " + node.path() + " -o -i").orFail();
                    cluster.sandbox().log().awaitState(mark, node, "RUNNING");
                    row.timed(start);
                    assertNoFight(cluster, node, mark);
                });
            }
            cluster.awaitRows(Cluster.COORDINATOR);
        }
    }

    /** A standby of the datanode, made anew for every round, as a failover finds it. */
    @Test
    void promote(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Operator operator = cluster.operator();
        try (Row row = row("`pg_ctl start -w` of a standby, `pg_ctl promote`, `pg_ctl restart -w`")) {
            for (int i = 0; i < Scale.times(1, FULL); i++) {
                Node standby = new Node(Role.DATANODE, "data1", "data/slave" + i, 15440);
                row.round(() -> {
                    Standby.make(operator, standby);
                    int mark = cluster.sandbox().log().mark();
                    operator.captured("pg_ctl start -w -Z datanode -D " + standby.path()).orFail();
                    awaitControlState(cluster, standby, "in archive recovery");
                    long start = System.nanoTime();
                    operator.captured("pg_ctl promote -Z datanode -D " + standby.path()).orFail();
                    awaitControlState(cluster, standby, "in production");
                    operator.captured("pg_ctl restart -w -Z datanode -D " + standby.path() + " -o -i").orFail();
                    row.timed(start);
                    assertNoFight(cluster, standby, mark);
                    operator.stop(standby).orFail();
                    cluster.sandbox().log().await(mark, standby.subject() + ": STOPPED", Await.LONG);
                    operator.ssh().run("rm -rf " + standby.path()).orFail();
                });
            }
            cluster.awaitRows(Cluster.COORDINATOR);
        }
    }

    @Test
    void restoreMode(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Operator operator = cluster.operator();
        Node node = Node.coordinator(2);
        operator.make(node);
        String directory = " -Z restoremode -D " + node.path();
        try (Row row = row("`pg_ctl start -w` and `stop -w` in restore mode")) {
            for (int i = 0; i < Scale.times(3, FULL); i++) {
                row.round(() -> {
                    int mark = cluster.sandbox().log().mark();
                    long start = System.nanoTime();
                    operator.captured("pg_ctl start -w" + directory + " -o '-i -b'").orFail();
                    operator.captured("pg_ctl stop -w" + directory).orFail();
                    row.timed(start);
                    assertEquals(List.of(), cluster.sandbox().log().states(mark, node));
                });
            }
        }
    }

    /**
     * With a pause that grows from round to round. A postmaster killed without its children leaves such that no start
     * succeeds before they are gone, agent or not; and the quotes of {@code pgxc_ctl} keep the sockets. Children that
     * noticed the death before {@code kill} came to them exited by themselves, as those of any crash do: nothing tells
     * the agent then that an operator is at work.
     */
    @Test
    void killAndStartOfADatanode(Stage stage) {
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage))
                .set("PGXL_BACKOFF_RESET", "50ms"));
        Node node = Cluster.DATANODE;
        Ssh ssh = cluster.operator().ssh();
        var late = new AtomicInteger();
        try (Row row = row("`kill -9 PID CHILDREN; rm …`, `pg_ctl start -w` 0 to 2 s later")) {
            for (int i = 0; i < Scale.times(6, FULL); i++) {
                int pause = i % 6 * 400;
                row.round(() -> {
                    int mark = cluster.sandbox().log().mark();
                    String pid = Integer.toString(cluster.sandbox().nodePid(node).orElseThrow());
                    String children = ssh.run("pgrep -P " + pid).orFail().text().replaceAll("\\s+", " ");
                    Program.Result killed = cluster.operator().captured("kill -9 " + pid + " " + children
                            + " ; rm -f /tmp/.s.'*'" + node.port() + "'*'");
                    if (killed.text().contains("No such process")) {
                        late.incrementAndGet();
                        cluster.sandbox().log().awaitState(mark, node, "RUNNING");
                        return;
                    }
                    LockSupport.parkNanos(Duration.ofMillis(pause).toNanos());
                    long start = System.nanoTime();
                    Program.Result started = cluster.operator().start(node);
                    assertEquals(0, started.code(), pause + " ms after the kill: " + started);
                    row.timed(start);
                    cluster.sandbox().log().awaitState(mark, node, "RUNNING");
                    cluster.awaitRows(node);
                    assertNoFight(cluster, node, mark);
                });
            }
            row.note(late + " kills came too late for a child, and the agent started the server");
        }
    }

    @Test
    void killAndStartOfGtm(Stage stage) {
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage))
                .set("PGXL_BACKOFF_RESET", "50ms"));
        Node gtm = Cluster.GTM;
        try (Row row = row("`kill -9 …; rm gtm.pid`, `gtm_ctl start` 0 to 2 s later")) {
            for (int i = 0; i < Scale.times(6, FULL); i++) {
                int pause = i % 6 * 400;
                row.round(() -> {
                    int mark = cluster.sandbox().log().mark();
                    int pid = cluster.sandbox().nodePid(gtm).orElseThrow();
                    cluster.operator().captured("kill -9 " + pid + "; rm -f " + gtm.path() + "/gtm.pid").orFail();
                    LockSupport.parkNanos(Duration.ofMillis(pause).toNanos());
                    long start = System.nanoTime();
                    Program.Result started = cluster.operator().start(gtm);
                    assertEquals(0, started.code(), pause + " ms after the kill: " + started);
                    row.timed(start);
                    cluster.sandbox().log().awaitState(mark, gtm, "RUNNING");
                    assertNoFight(cluster, gtm, mark);
                });
            }
            cluster.awaitRows(Cluster.COORDINATOR);
        }
    }

    /** An operator who kills and then says nothing gets his server back. */
    @Test
    void aServerKilledByPgxcCtlThatNobodyStartsComesBackAndAStartByTheAgentIsCountedAsAFight(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        for (Node node : List.of(Cluster.DATANODE, Cluster.GTM)) {
            int mark = cluster.sandbox().log().mark();
            int pid = cluster.sandbox().nodePid(node).orElseThrow();
            cluster.operator().captured("kill -9 " + pid + (node.isPostgres()
                    ? " $(pgrep -P " + pid + ")"
                    : "; rm -f " + node.path() + "/gtm.pid")).orFail();
            cluster.sandbox().log().awaitState(mark, node, "RUNNING");
            assertEquals(1, fights(cluster, node, mark).size());
        }
    }

    /** A standby of Postgres-XL answers no SQL. */
    private static void awaitControlState(Cluster cluster, Node node, String state) {
        Await.until(Await.LONG, state, () -> cluster.controlState(node).equals(state));
    }

    private static Row row(String commands) {
        return new Row(5, "operator: " + commands, OperatorAgainstSupervisorIT.class).opposite(OPPOSITE);
    }

    private static void assertNoFight(Cluster cluster, Node node, int mark) {
        assertEquals(List.of(), fights(cluster, node, mark), "the agent fought");
    }

    private static List<String> fights(Cluster cluster, Node node, int mark) {
        LogFile log = cluster.sandbox().log();
        return log.lines(mark, " " + node.subject() + ": STARTING: started ");
    }
}
