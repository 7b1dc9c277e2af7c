package com.tiredpixel.pgxl.it.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code image/stack.yaml}, with which people bring their own tools: initialised once, and then left alone. */
@WithDocker(realPostgresXl = true)
class StackIT {

    private static final String NAME = "it-stack";
    private static final List<String> SERVICES =
            List.of("control", "gtm-1", "coord-1", "coord-2", "data-1", "data-2");

    @Test
    void onceInitialisedItSurvivesForcedUpdatesOfEveryServiceInAnyOrder() {
        boolean began = SwarmIT.beginSwarmIfNone();
        try {
            Shell.run(Shell.LONG, Map.of("PGXL_IMAGE", Image.name()), List.of("docker", "stack", "deploy",
                    "--compose-file", Image.TOP.resolve("image/stack.yaml").toString(), NAME)).orFail();
            SERVICES.forEach(StackIT::awaitRunning);
            for (String service : SERVICES) {
                assertEquals("2147483648 2000 5 10m", Docker.run("service", "inspect", "--format",
                        "{{.Spec.TaskTemplate.Resources.Limits.MemoryBytes}} {{.Spec.TaskTemplate.Resources.Limits.Pids}}"
                                + " {{index .Spec.TaskTemplate.LogDriver.Options \"max-file\"}}"
                                + " {{index .Spec.TaskTemplate.LogDriver.Options \"max-size\"}}", NAME + "_" + service), service);
            }
            assertEquals("true", Docker.run("network", "inspect", "--format", "{{.Internal}}", NAME + "_cluster"));
            initialise();
            sql("coord-1", "create table numbers (n int) distribute by hash (n)");
            sql("coord-2", "insert into numbers select generate_series(1, 1000)");
            Set<String> keys = keys();

            List<String> order = new ArrayList<>(SERVICES);
            long seed = System.nanoTime();
            Collections.shuffle(order, new Random(seed));
            System.out.println("MEASURED updates of the stack in the order " + order);
            order.forEach(service ->
                    Docker.run("service", "update", "--force", "--quiet", NAME + "_" + service));
            List.of("coord-1", "coord-2").forEach(coordinator -> Shell.await("all rows at " + coordinator,
                    () -> query(coordinator, "select count(*) from numbers").output().strip().equals("1000")));
            sql("coord-1", "insert into numbers select generate_series(1001, 2000)");
            assertEquals("2000", sql("coord-2", "select count(*) from numbers"));
            assertEquals("2", sql("coord-2", "select count(distinct xc_node_id) from numbers"));
            SecretsIT.assertGtmSeesWhatItNeeds(container("control"), container("gtm-1"));
            for (String database : List.of("coord-1", "coord-2", "data-1", "data-2")) {
                SecretsIT.assertDatabaseSeesWhatItNeeds(container("control"), container(database));
            }
            assertEquals(keys, keys());
        } finally {
            remove();
            if (began) {
                Docker.attempt("swarm", "leave", "--force");
            }
        }
    }

    private static void initialise() {
        String network = Docker.run("network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}",
                NAME + "_cluster");
        container("control").as("postgres", "init.sh " + network).orFail();
        for (String add : List.of(
                "gtm master gtm_1 gtm-1 6666 /var/lib/postgres/data/gtm",
                "coordinator master coord_1 coord-1 5432 6667 /var/lib/postgres/data/coord none none",
                "coordinator master coord_2 coord-2 5432 6667 /var/lib/postgres/data/coord none none",
                "datanode master data_1 data-1 5432 6667 /var/lib/postgres/data/data none none none",
                "datanode master data_2 data-2 5432 6667 /var/lib/postgres/data/data none none none")) {
            String said = container("control").as("postgres", "pgxc_ctl add " + add).orFail();
            // It exits with 0 whatever happens.
            assertFalse(said.lines().anyMatch(line -> line.startsWith("ERROR:")), said);
        }
        // A session behind a pooled connection may be older than the last node.
        for (String coordinator : List.of("coord-1", "coord-2")) {
            Shell.await("a cluster that takes tables at " + coordinator, () -> query(coordinator,
                    "begin; create table probe (a int) distribute by replication; rollback").code() == 0);
        }
    }

    private static void awaitRunning(String service) {
        Shell.await("one task of " + service, () -> Docker.run("service", "ls", "--filter",
                "name=" + NAME + "_" + service, "--format", "{{.Replicas}}").equals("1/1"));
    }

    private static Container container(String service) {
        return new Container(Docker.run("ps", "--quiet", "--filter",
                "label=com.docker.swarm.service.name=" + NAME + "_" + service));
    }

    private static Shell.Result query(String coordinator, String statement) {
        return container("control").as("postgres",
                "psql -h " + coordinator + " -v ON_ERROR_STOP=1 -qAt -c \"" + statement + "\" postgres");
    }

    private static String sql(String coordinator, String statement) {
        return query(coordinator, statement).orFail();
    }

    private static Set<String> keys() {
        return SERVICES.stream()
                .map(service -> container(service).as("postgres", "sha256sum ~/.pgxl/ssh/*_key").orFail())
                .collect(Collectors.toSet());
    }

    private static void remove() {
        Docker.attempt("stack", "rm", NAME);
        Shell.await("without volumes of the stack", () -> {
            List<String> volumes = Docker.run("volume", "ls", "--quiet", "--filter", "name=" + NAME + "_")
                    .lines().toList();
            volumes.forEach(volume -> Docker.attempt("volume", "rm", volume));
            return volumes.isEmpty();
        });
        Shell.await("without the network of the stack", () -> Docker.run("network", "ls", "--quiet", "--filter",
                "name=" + NAME + "_").isEmpty());
    }
}
