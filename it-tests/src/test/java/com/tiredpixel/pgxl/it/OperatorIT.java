package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.tiredpixel.pgxl.agent.node.Role;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The operator wins: what {@code pgxc_ctl} and a person do to servers is not fought. */
@OnStage
class OperatorIT {

    @Test
    void aRestartByPgCtlIsNeverFought(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.COORDINATOR;
        for (int round = 0; round < 5; round++) {
            int mark = cluster.sandbox().log().mark();
            int before = cluster.sandbox().nodePid(node).orElseThrow();
            cluster.operator().captured("pg_ctl restart -w -Z coordinator -D " + node.path() + " -o -i").orFail();
            assertNotEquals(before, cluster.sandbox().nodePid(node).orElseThrow());
            cluster.sandbox().log().awaitState(mark, node, "RUNNING");
        }
        cluster.awaitRows(node);
        assertEquals(1, postmasters(cluster, node));
    }

    /** After a restart the options file has no {@code "-D"}. */
    @Test
    void aServerRestartedByPgCtlComesBackAfterACrashAndInTheNextSandbox(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.DATANODE;
        int mark = cluster.sandbox().log().mark();
        cluster.operator().captured("pg_ctl restart -w -Z datanode -D " + node.path() + " -o -i").orFail();
        int running = cluster.sandbox().log().awaitState(mark, node, "RUNNING");
        cluster.operator().crash(node);
        cluster.sandbox().log().awaitState(running, node, "RUNNING");
        cluster.awaitRows(node);
        assertEquals(0, cluster.sandbox().stop(Duration.ofSeconds(20)));
        Cluster.start(stage, stage.sandbox("next", cluster.sandbox().volume())).awaitRows(node);
    }

    /** The postmaster, its children and the sockets, all in one command, and then a start. */
    @Test
    void pgxcCtlsKillLeavesOneServerThatAnswers(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.COORDINATOR;
        Ssh ssh = cluster.operator().ssh();
        int mark = cluster.sandbox().log().mark();
        String pid = ssh.run("cat " + node.path() + "/postmaster.pid").orFail().text().lines().findFirst().orElseThrow();
        String children = Arrays.stream(ssh.run("pgrep -P " + pid).orFail().text().split("\\s+"))
                .collect(Collectors.joining(" "));
        cluster.operator().captured("kill -9 " + pid + " " + children + " ; rm -f /tmp/.s.'*'" + node.port() + "'*'");
        cluster.operator().start(node);
        cluster.sandbox().log().awaitState(mark, node, "RUNNING");
        cluster.awaitRows(node);
        ssh.run("psql -XAtq -p " + node.port() + " -d postgres -c 'SELECT 1'").orFail();
        assertEquals(1, postmasters(cluster, node));
    }

    @Test
    void pgxcCtlsKillOfGtmLeavesOneGtmWithItsPidFile(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node gtm = Cluster.GTM;
        int mark = cluster.sandbox().log().mark();
        int pid = cluster.sandbox().nodePid(gtm).orElseThrow();
        cluster.operator().captured("kill -9 " + pid + "; rm -f " + gtm.path() + "/gtm.pid").orFail();
        // A pid file that is gone looks like a stop: only the signal tells. Either way the operator can start it.
        String state = cluster.sandbox().log()
                .await(mark, gtm.subject() + ": (RUNNING|STOPPED):", Await.LONG).group(1);
        System.out.println("MEASURED gtm after pgxc_ctl's kill: " + state);
        if (state.equals("STOPPED")) {
            cluster.operator().start(gtm).orFail();
            cluster.sandbox().log().awaitState(mark, gtm, "RUNNING");
        }
        assertEquals(1, cluster.sandbox().processes().lines().filter(line -> line.contains(" gtm ")).count());
        cluster.sandbox().nodePid(gtm).orElseThrow();
    }

    @Test
    void aPromotedStandbyKeepsItsRoleAndIsSupervised(Stage stage) {
        assumeFalse(Places.realPostgresXl(), () -> {
            String reason = "pgxc_ctl promotes slaves of a real Postgres-XL: see PgxcCtlFailoverIT";
            System.out.println("SKIPPED aPromotedStandbyKeepsItsRoleAndIsSupervised: " + reason);
            return reason;
        });
        Cluster cluster = Cluster.start(stage);
        Operator operator = cluster.operator();
        Node standby = new Node(Role.DATANODE, "data1", "data/slave", 15440);
        operator.captured("pg_basebackup -h 127.0.0.1 -p " + Cluster.DATANODE.port() + " -D " + standby.path()
                + " -X stream -R; rm -f " + standby.path() + "/postmaster.opts").orFail();
        operator.append(standby.path() + "/postgresql.conf", "port = 15440\nhot_standby = on\n");
        int mark = cluster.sandbox().log().mark();
        operator.captured("pg_ctl start -w -Z datanode -D " + standby.path()).orFail();
        mark = cluster.sandbox().log().awaitState(mark, standby, "RUNNING");
        operator.awaitSql(standby, "t", "SELECT pg_is_in_recovery()");
        operator.captured("pg_ctl promote -Z datanode -D " + standby.path()).orFail();
        operator.awaitSql(standby, "f", "SELECT pg_is_in_recovery()");
        operator.awaitSql(standby, Integer.toString(Cluster.ROWS), "SELECT count(*) FROM kept");
        operator.crash(standby);
        cluster.sandbox().log().awaitState(mark, standby, "RUNNING");
        operator.awaitSql(standby, "f", "SELECT pg_is_in_recovery()");
    }

    @Test
    void anOperatorsSessionMayOutliveTheServerInWhoseDirectoryItSits(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.COORDINATOR;
        Program session = cluster.operator().ssh().start("cd " + node.path() + " && exec sleep 300");
        cluster.sandbox().exec("root", "until pgrep -x sleep; do sleep 0.1; done").orFail();
        int mark = cluster.sandbox().log().mark();
        cluster.operator().crash(node);
        cluster.sandbox().log().awaitState(mark, node, "RUNNING");
        assertEquals(List.of("sleep"), cluster.sandbox().exec("root", "pgrep -x -l sleep").text().lines()
                .map(line -> line.split(" ")[1]).toList());
        assertEquals(true, session.isRunning());
    }

    private static long postmasters(Cluster cluster, Node node) {
        return cluster.sandbox().processes().lines()
                // A child of a postmaster shows its command line too, until it has a title of its own.
                .filter(line -> line.strip().split(" +")[1].equals("1"))
                .filter(line -> line.contains(" postgres ") && line.contains("--" + node.role().label()))
                .count();
    }
}
