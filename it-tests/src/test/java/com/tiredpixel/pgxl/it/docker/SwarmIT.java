package com.tiredpixel.pgxl.it.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A node as a Swarm service: every update is a new container on the same volume. */
@WithDocker
class SwarmIT {

    private static boolean began;

    @BeforeAll
    static void beginSwarm() {
        began = beginSwarmIfNone();
    }

    @AfterAll
    static void endSwarm() {
        if (began) {
            Docker.attempt("swarm", "leave", "--force");
        }
    }

    /** @return whether there was none */
    static boolean beginSwarmIfNone() {
        if (!Docker.run("info", "--format", "{{.Swarm.LocalNodeState}}").equals("inactive")) {
            return false;
        }
        Docker.run("swarm", "init", "--advertise-addr", "127.0.0.1");
        return true;
    }

    @Test
    void aForcedUpdateKeepsTheNodeAndItsHostKeys(Docker docker) {
        String service = docker.own("gtm");
        Docker.run("network", "create", "--driver", "overlay", "--attachable", docker.own("overlay"));
        List<String> create = new ArrayList<>(List.of("service", "create", "--name", service, "--hostname", "gtm",
                "--network", docker.own("overlay"), "--endpoint-mode", "dnsrr",
                "--mount", "type=volume,src=" + service + ",dst=/var/lib/postgres",
                "--mount", "type=tmpfs,dst=/tmp", "--mount", "type=tmpfs,dst=/run", "--read-only", "--cap-drop", "ALL",
                "--stop-grace-period", "30s", "--update-order", "stop-first"));
        for (String capability : List.of("CHOWN", "SETUID", "SETGID", "NET_BIND_SERVICE")) {
            create.addAll(List.of("--cap-add", capability));
        }
        create.add(Image.name());
        Docker.run(create.toArray(String[]::new));
        Container first = task(service);
        first.as("postgres", "D=/var/lib/postgres/data/gtm; initgtm -Z gtm -D $D && gtm_ctl start -w -Z gtm -D $D >/dev/null 2>&1").orFail();
        String keys = first.as("postgres", "sha256sum ~/.pgxl/ssh/*ed25519*").orFail();

        Docker.run("service", "update", "--force", service);
        Container second = task(service);
        assertNotEquals(first, second);
        Shell.await("running after the update", () -> second.as("postgres", "pgrep -x gtm").code() == 0);
        assertEquals(keys, second.as("postgres", "sha256sum ~/.pgxl/ssh/*ed25519*").orFail());
    }

    private static Container task(String service) {
        return new Container(Docker.run("ps", "--quiet", "--filter", "label=com.docker.swarm.service.name=" + service));
    }
}
