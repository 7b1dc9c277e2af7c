package com.tiredpixel.pgxl.it.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cluster all of whose nodes see Control's {@code .ssh}: it is divided by what README says, and by {@code cluster up}. */
@WithDocker(realPostgresXl = true)
class OlderClusterIT {

    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final String NAME = "pgxl";
    private static final String LABEL = "com.tiredpixel.pgxl.";
    private static final List<String> DATABASES = List.of("coord-1", "coord-2", "data-1", "data-2");

    private static final String NODES = """
            control /var/lib/postgres/init.sh "$(docker network inspect -f '{{(index .IPAM.Config 0).Subnet}}' pgxl)"
            data=/var/lib/postgres/data
            control pgxc_ctl add gtm master gtm_1 gtm-1 6666 $data/gtm
            for i in 1 2; do
                control pgxc_ctl add coordinator master coord_$i coord-$i 5432 6667 $data/coord none none
            done
            for i in 1 2; do
                control pgxc_ctl add datanode master data_$i data-$i 5432 6667 $data/data none none none
            done
            until control psql -h coord-1 -c 'create table numbers (n int) distribute by hash (n)' postgres; do sleep 1; done
            control psql -h coord-1 -c 'insert into numbers select generate_series(1, 1000)' postgres
            """;

    @AfterEach
    void remove() {
        Shell.run("bash", "-c", "docker service ls -q -f name=pgxl- | xargs -r docker service rm;"
                + " docker ps -aq -f name=pgxl- | xargs -r docker rm -f;"
                + " for i in $(seq 60); do docker volume ls -q -f name=pgxl- | xargs -r docker volume rm && break; sleep 1; done;"
                + " for i in $(seq 60); do docker network rm pgxl || ! docker network inspect pgxl && break; sleep 1; done");
    }

    @Test
    void whatReadmeSaysDividesOneOfSwarm() throws IOException {
        boolean began = SwarmIT.beginSwarmIfNone();
        try {
            bash("""
                    docker network create --driver overlay --attachable pgxl
                    control() {
                        docker exec -u postgres "$(docker ps -q -f label=com.docker.swarm.service.name=pgxl-control)" "$@"
                    }
                    for name in control gtm-1 coord-1 coord-2 data-1 data-2; do
                        docker service create --detach=false --name pgxl-$name --hostname $name \\
                            --network name=pgxl,alias=$name --endpoint-mode dnsrr --container-label LABELnode=$name \\
                            --container-label LABELcluster=pgxl --mount type=volume,src=pgxl-$name,dst=/var/lib/postgres \\
                            --mount type=volume,src=pgxl-ssh,dst=/var/lib/postgres/.ssh \\
                            --stop-grace-period 30s --update-order stop-first postgres-xl
                    done
                    """ + NODES + ReadmeIT.commandsOf("An older cluster"));
            assertDivided();
        } finally {
            remove();
            if (began) {
                Docker.attempt("swarm", "leave", "--force");
            }
        }
    }

    @Test
    void clusterUpDividesItsOwn() throws IOException {
        bash("""
                docker network create --label LABELcluster=pgxl pgxl
                control() {
                    docker exec -u postgres pgxl-control "$@"
                }
                docker volume create --label LABELcluster=pgxl pgxl-ssh
                for name in control gtm-1 coord-1 coord-2 data-1 data-2; do
                    docker volume create --label LABELcluster=pgxl --label LABELnode=$name pgxl-$name
                    port=; [ $name != coord-1 ] || port="--publish 127.0.0.1:15432:5432"
                    docker run --detach --name pgxl-$name --hostname $name --network pgxl --network-alias $name \\
                        --label LABELcluster=pgxl --label LABELnode=$name --stop-timeout 30 $port \\
                        --volume pgxl-$name:/var/lib/postgres --volume pgxl-ssh:/var/lib/postgres/.ssh postgres-xl
                done
                for name in control gtm-1 coord-1 coord-2 data-1 data-2; do
                    until [ "$(docker inspect -f '{{.State.Health.Status}}' pgxl-$name)" = healthy ]; do sleep 1; done
                done
                """ + NODES + "'" + Image.TOP.resolve("scripts/cluster") + "' up\n");
        assertDivided();
        assertEquals("127.0.0.1:15432", Docker.run("port", container("coord-1").name(), "5432"));
    }

    private static void assertDivided() {
        Container control = container("control");
        SecretsIT.assertGtmSeesWhatItNeeds(control, container("gtm-1"));
        for (String name : DATABASES) {
            SecretsIT.assertDatabaseSeesWhatItNeeds(control, container(name));
            control.as("postgres", "ssh " + name + " true").orFail();
        }
        Shell.await("all rows in the divided cluster", () -> control.as("postgres",
                "psql -h coord-2 -Atc 'select count(*) from numbers' postgres").output().strip().equals("1000"));
        String running = control.as("postgres", "pgxc_ctl monitor all").orFail();
        assertEquals(5, running.lines().filter(line -> line.startsWith("Running: ")).count(), running);
    }

    private static Container container(String node) {
        return new Container(Docker.run("ps", "-q", "--filter", "label=" + LABEL + "cluster=" + NAME,
                "--filter", "label=" + LABEL + "node=" + node));
    }

    private static void bash(String commands) throws IOException {
        Image.name();
        Path script = Files.createTempFile("pgxl-older-", ".sh");
        try {
            Files.writeString(script, "set -e -o pipefail\nset -x\n" + commands.replace("LABEL", LABEL));
            Shell.run(DEADLINE, Map.of(), List.of("bash", script.toString())).orFail();
        } finally {
            Files.delete(script);
        }
    }
}
