package com.tiredpixel.pgxl.it.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.it.Passwords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code scripts/cluster}: one command from nothing to rows in a table, and back. */
@WithDocker(realPostgresXl = true)
class ClusterIT {

    private static final Duration DEADLINE = Duration.ofMinutes(8);
    private static final String NAME = "it-cluster";

    @AfterEach
    void destroy() {
        cluster("destroy", "--yes");
    }

    @Test
    void fromNothingToRowsAndThroughStopsAndFailuresHalfWay() {
        Image.name();
        String up = cluster("up").orFail();
        assertTrue(up.contains("coord_1") && up.contains("data_2"), up);
        sql("create table numbers (n int) distribute by hash (n)");
        sql("insert into numbers select generate_series(1, 1000)");
        assertEquals("2", sql("select count(distinct xc_node_id) from numbers"));

        assertBounded();
        // Again, and after everything was stopped: nothing is made twice, nothing is lost.
        cluster("up").orFail();
        cluster("down").orFail();
        cluster("up").orFail();
        assertEquals("1000", sql("select count(*) from numbers"));

        // An addition that breaks off: pgxc_ctl has the node in its configuration, the cluster does not.
        Shell.run("bash", "-c", "docker exec -u postgres " + container("control").name() + " bash -c '"
                + "cd pgxc_ctl && cp pgxc_ctl.conf before-adding && echo \"# data-3\" >>before-adding && "
                + "echo \"datanodeNames=( data_1 data_2 data_3 )\" >>pgxc_ctl.conf'").orFail();
        cluster("add", "datanode").orFail();
        assertEquals("3", sql("select count(*) from pgxc_node where node_type = 'D'"));
        cluster("add", "coordinator").orFail();
        assertEquals("1000", Docker.attempt("exec", "-u", "postgres", container("control").name(), "psql", "-qAt",
                "-h", "coord-3", "-c", "select count(*) from numbers", "postgres").orFail());

        assertPasswordsAreAskedFor();
        assertPasswordCanBeChanged();
        SecretsIT.assertGtmSeesWhatItNeeds(container("control"), container("gtm-1"));
        for (String node : List.of("coord-1", "coord-3", "data-2", "data-3")) {
            SecretsIT.assertDatabaseSeesWhatItNeeds(container("control"), container(node));
        }
        cluster("destroy", "--yes").orFail();
        assertEquals("", Docker.run("volume", "ls", "-q", "--filter", "label=com.tiredpixel.pgxl.cluster=" + NAME));
        assertEquals("", Docker.run("ps", "-aq", "--filter", "label=com.tiredpixel.pgxl.cluster=" + NAME));
    }

    @Test
    void onSwarmEveryServiceMayBeUpdatedInAnyOrder() {
        Image.name();
        boolean began = SwarmIT.beginSwarmIfNone();
        try {
            cluster("up", "--swarm").orFail();
            sql("create table numbers (n int) distribute by hash (n)");
            sql("insert into numbers select generate_series(1, 1000)");
            List<String> nodes = List.of("data-2", "gtm-1", "coord-1", "control", "data-1", "coord-2");
            Set<String> keys = keys(nodes);
            for (String node : nodes) {
                Docker.run("service", "update", "--force", "--quiet", NAME + "-" + node);
            }
            Shell.await("every coordinator and datanode answering", () -> cluster("psql", "-qAt", "-c",
                    "select count(*) from numbers", "postgres").output().strip().equals("1000"));
            sql("insert into numbers select generate_series(1001, 2000)");
            assertEquals("2000", sql("select count(*) from numbers"));
            SecretsIT.assertGtmSeesWhatItNeeds(container("control"), container("gtm-1"));
            SecretsIT.assertDatabaseSeesWhatItNeeds(container("control"), container("data-1"));
            assertEquals(keys, keys(nodes));
            cluster("destroy", "--yes").orFail();
        } finally {
            if (began) {
                Docker.attempt("swarm", "leave", "--force");
            }
        }
    }

    @Test
    void withComposeItIsTheSameCluster() {
        Image.name();
        boolean compose = Docker.attempt("compose", "version").code() == 0
                || Shell.run("bash", "-c", "command -v docker-compose").code() == 0;
        assumeTrue(compose, () -> {
            System.out.println("SKIPPED ClusterIT.withComposeItIsTheSameCluster: no Docker Compose here");
            return "no Docker Compose here";
        });
        cluster("up", "--compose").orFail();
        assertEquals("true", Docker.run("network", "inspect", "--format", "{{.Internal}}", NAME));
        assertEquals("2147483648 2000 [no-new-privileges:true]", container("data-2").inspect(
                "{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}} {{.HostConfig.SecurityOpt}}"));
        SecretsIT.assertGtmSeesWhatItNeeds(container("control"), container("gtm-1"));
        SecretsIT.assertDatabaseSeesWhatItNeeds(container("control"), container("data-1"));
        sql("create table numbers (n int) distribute by hash (n)");
        sql("insert into numbers select generate_series(1, 1000)");
        cluster("down").orFail();
        cluster("up", "--compose").orFail();
        assertEquals("1000", sql("select count(*) from numbers"));
        cluster("destroy", "--yes").orFail();
    }

    /** Of memory, processes and log; and there is no way into the network, nor out of it. */
    private void assertBounded() {
        for (String node : List.of("control", "gtm-1", "coord-1", "data-2")) {
            assertEquals("2147483648 2000 [no-new-privileges] 5 10m map[]", container(node).inspect(
                    "{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}} {{.HostConfig.SecurityOpt}}"
                            + " {{index .HostConfig.LogConfig.Config \"max-file\"}} {{index .HostConfig.LogConfig.Config \"max-size\"}}"
                            + " {{.HostConfig.PortBindings}}"), node);
        }
        assertEquals("true", Docker.run("network", "inspect", "--format", "{{.Internal}}", NAME));
    }

    /** Those of the machine, and nobody else: and never with trust, because they have the address of the network's bridge. */
    @Test
    void aPublishedCoordinatorIsReachedFromThisMachineAlone() {
        Image.name();
        for (String[] wrong : new String[][] {{"--publish", "x"}, {"--publish", "*:5432"}, {"--publish", "15432", "--auth", "trust"},
                {"--publish", "15432", "--swarm"}}) {
            List<String> up = new ArrayList<>(List.of("up"));
            up.addAll(List.of(wrong));
            Shell.Result refused = cluster(up.toArray(String[]::new));
            assertEquals(1, refused.code(), refused.toString());
        }
        assertEquals("", Docker.run("volume", "ls", "-q", "--filter", "label=com.tiredpixel.pgxl.cluster=" + NAME));
        cluster("up", "--coordinators", "1", "--datanodes", "1", "--publish", "15432").orFail();
        assertEquals("127.0.0.1:15432", Docker.run("port", container("coord-1").name(), "5432"));
        assertEquals("false", Docker.run("network", "inspect", "--format", "{{.Internal}}", NAME));
    }

    /** In the cluster that runs; and a second time, when the first run broke off before its files were written. */
    private void assertPasswordCanBeChanged() {
        Container control = container("control");
        control.as("postgres", "cp ~/.ssh/pgpass /tmp/old").orFail();
        control.as("postgres", "init.sh --new-password").orFail();
        assertNotEquals(0, control.as("postgres", "cmp -s ~/.ssh/pgpass /tmp/old").code());
        for (int run = 0; run < 2; run++) {
            for (String node : List.of("coord-1", "coord-2", "coord-3", "data-1", "data-3")) {
                control.as("postgres", "psql -w -h " + node + " -c 'select 1' postgres").orFail();
                Shell.Result old = control.as("postgres", "PGPASSFILE=/tmp/old psql -w -h " + node + " -c 'select 1' postgres");
                assertTrue(old.output().contains("password authentication failed"), old.toString());
                // By the password in the files of the coordinator's own container.
                Shell.await("every datanode reached from " + node, () -> !node.startsWith("coord") || control.as("postgres",
                        "psql -wAtq -h " + node + " -c 'select count(*) from numbers' postgres").output().strip().equals("1000"));
            }
            control.as("postgres", "mv ~/.ssh/pgpass ~/.ssh/pgpass.new; cp /tmp/old ~/.ssh/pgpass; init.sh").orFail();
        }
        assertEquals("", control.as("postgres", "ls ~/.ssh | grep new || true").orFail());
    }

    /** Without the password file nobody gets in, over the network, to any node. */
    private void assertPasswordsAreAskedFor() {
        for (String node : List.of("coord-1", "coord-2", "data-1", "data-2", "data-3")) {
            Passwords.assertAskedFor(command -> {
                Shell.Result result = container("control").as("postgres", command);
                return new Passwords.Answer(result.code(), result.output());
            }, node, 5432);
            assertNotEquals(0, container("control").as("postgres",
                    "PGPASSFILE=/none pg_basebackup -w -D /tmp/stolen -h " + node).code(), node);
            assertEquals("", container(node).as("postgres",
                    "grep -hE '^(host|local).*trust' data/*/pg_hba.conf || true").orFail(), node);
        }
        // What follows it, a character that not every encoding shows alike, is left out.
        String password = container("control").as("postgres", "cut -d: -f5 .ssh/pgpass | head -c 32").orFail();
        assertEquals("", container("coord-1").as("postgres", "grep -rlF -e '" + password + "' data || true").orFail());
        List<String> containers = Docker.run("ps", "-aq", "--filter", "label=com.tiredpixel.pgxl.cluster=" + NAME)
                .lines().toList();
        assertTrue(containers.size() >= 8, containers.toString());
        assertEquals(List.of(), Traces.of(password, Image.name(), containers));
    }

    private static Shell.Result cluster(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Image.TOP.resolve("scripts/cluster").toString(), "--name", NAME));
        command.addAll(List.of(arguments));
        return Shell.run(DEADLINE, Map.of("PGXL_IMAGE", "postgres-xl"), command);
    }

    private static String sql(String statement) {
        return cluster("psql", "-qAt", "-c", statement, "postgres").orFail();
    }

    private static Container container(String node) {
        return new Container(Docker.run("ps", "-q", "--filter", "label=com.tiredpixel.pgxl.cluster=" + NAME,
                "--filter", "label=com.tiredpixel.pgxl.node=" + node));
    }

    private static Set<String> keys(List<String> nodes) {
        return nodes.stream()
                .map(node -> container(node).as("postgres", "sha256sum ~/.pgxl/ssh/*ed25519*").orFail())
                .collect(Collectors.toSet());
    }
}
