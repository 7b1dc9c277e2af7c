package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The status port under those who mean no good, and names that were made to do harm. */
@OnStage
class HostileIT {

    @Test
    void aMegabyteASlowClientAndTwoHundredConnectionsAtOnceAreOutlived(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        Program slow = stage.keep(Program.start(Path.of("/dev/null"), sandbox.inside("postgres", List.of("bash", "-c",
                "exec 3<>/dev/tcp/127.0.0.1/9432; printf 'GET /li' >&3; exec cat <&3"))));
        String big = sandbox.exec("postgres", "exec 3<>/dev/tcp/127.0.0.1/9432;"
                + " { printf 'GET /'; head -c 1048576 /dev/zero | tr '\\0' x; printf ' HTTP/1.1\\r\\n\\r\\n'; } >&3;"
                + " cat <&3").text();
        assertTrue(big.startsWith("HTTP/1.1 414 "), big);
        String many = sandbox.exec("postgres", "for i in $(seq 200); do { exec 3<>/dev/tcp/127.0.0.1/9432;"
                + " printf 'GET /ready HTTP/1.0\\r\\n\\r\\n' >&3; read -r line <&3; echo \"$line\"; } & done; wait").text();
        assertEquals(200, many.lines().filter(line -> line.contains(" 200 OK")).count(), many);
        assertTrue(slow.await(Duration.ofSeconds(20)).text().startsWith("HTTP/1.1 408 "));
        assertTrue(pgxl.answers("/ready", 200));
    }

    @Test
    void probesFillNoLogAndAreAtMostOneASecond(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        pgxl.answers("/ready", 200);
        int mark = sandbox.log().mark();
        long start = System.nanoTime();
        sandbox.exec("postgres", "for i in $(seq 200); do exec 3<>/dev/tcp/127.0.0.1/9432;"
                + " printf 'GET /ready HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3 >/dev/null; done").orFail();
        double seconds = (System.nanoTime() - start) / 1e9;
        String metrics = pgxl.get("/metrics").text();
        for (Node node : Cluster.NODES) {
            double probes = metrics.lines()
                    .filter(line -> line.startsWith("pgxl_node_probes_total{") && line.contains(node.directory() + "\""))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
            assertTrue(probes >= 1 && probes <= seconds + 8, probes + " probes in " + seconds + " s");
        }
        assertEquals(List.of(), sandbox.log().lines(mark, "\\| .*(startup message|EOF|connection)"));
    }

    @Test
    void aDirectoryWithShellCharactersAndALineBreakIsShownAndSteered(Stage stage) throws IOException {
        Cluster cluster = Cluster.start(stage);
        cluster.sandbox().stop(Duration.ofSeconds(20));
        Path data = cluster.sandbox().volume().resolve("data");
        String odd = "x$(touch obeyed);\n`id`";
        Files.move(data.resolve("gtm"), data.resolve(odd));
        Files.deleteIfExists(data.resolve(odd).resolve("gtm.opts"));
        Sandbox next = stage.sandbox("next", cluster.sandbox().volume()).start();
        var pgxl = new Pgxl(next).await();
        String explained = pgxl.run("explain").orFail().text();
        assertTrue(explained.contains("data/x$(touch obeyed);\\n`id`: "), explained);
        assertTrue(pgxl.run("status", "--json").orFail().text().contains("\"nodes\":["));
        assertEquals(0, pgxl.run("explain", "data/" + odd).code());
        assertFalse(Files.exists(cluster.sandbox().volume().resolve("obeyed")));
    }

    @Test
    void aDryRunExplainsAVolumeWhereNoAgentRuns(Stage stage) {
        Path volume = Cluster.volume(stage);
        Sandbox sandbox = stage.sandbox("dry", volume).command("/bin/sleep", "300").start();
        Program.Result said = sandbox.exec("postgres", "export JAVA_HOME=" + System.getProperty("java.home")
                + "; " + Pgxl.PATH + " explain");
        assertEquals(0, said.code(), said.toString());
        assertTrue(said.text().contains("data/coord1: coordinator, port 5432"), said.text());
        assertTrue(said.text().contains("the agent starts it at container start: /usr/local/lib/postgres/bin/gtm -D "));
        assertFalse(Files.exists(volume.resolve("data/gtm/gtm.pid")), "nothing is started");
    }
}
