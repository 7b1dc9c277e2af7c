package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Status and metrics are for this container alone unless somebody decides otherwise; orders always are. */
@OnStage
class ExposureIT {

    /** A request from another address on the cluster's network. */
    private static Program.Result fromOutside(Stage stage, Sandbox sandbox, String request) {
        return Program.run(Await.LONG, stage.wire().outside(List.of("bash", "-c", "exec 3<>/dev/tcp/"
                + sandbox.address() + "/9432 || exit 7; printf '" + request + "' >&3; timeout 20 cat <&3")));
    }

    private static Program.Result inside(Sandbox sandbox, String request) {
        return sandbox.exec("daemon", "exec 3<>/dev/tcp/127.0.0.1/9432; printf '" + request + "' >&3; timeout 3 cat <&3");
    }

    @Test
    void nobodyElseCanAskByDefault(Stage stage) {
        Sandbox sandbox = stage.sandbox("empty").start();
        new Pgxl(sandbox).await();
        assertEquals(7, fromOutside(stage, sandbox, "GET /status HTTP/1.0\\r\\n\\r\\n").code());
    }

    @Test
    void othersMayLookIfTheSettingSaysSoAndNeverSteer(Stage stage) throws Exception {
        Cluster cluster = Cluster.start(
                stage, stage.sandbox("node", Cluster.volume(stage)).set("PGXL_STATUS_LISTEN", "*"));
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        for (String path : List.of("/live", "/status", "/metrics")) {
            String answer = fromOutside(stage, sandbox, "GET " + path + " HTTP/1.0\\r\\n\\r\\n").orFail().text();
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        }
        String order = "POST /pgxl HTTP/1.1\\r\\nContent-Length: 9\\r\\n\\r\\nstop\\000gtm\\000";
        String challenge = "POST /pgxl HTTP/1.1\\r\\nPgxl-Nonce: " + "0".repeat(32) + "\\r\\n\\r\\n";
        for (String request : List.of(order, challenge, order.replace("stop", "help"))) {
            assertTrue(fromOutside(stage, sandbox, request).text().startsWith("HTTP/1.1 403 "), request);
        }
        assertTrue(inside(sandbox, order).text().contains("Pgxl-Exit: 77"), "without a proof nobody steers here either");
        assertTrue(inside(sandbox, challenge).text().startsWith("HTTP/1.1 401 "));
        assertTrue(fromOutside(stage, sandbox, "GET /status HTTP/1.1\\r\\nHost: " + sandbox.hostname()
                + ":9432\\r\\nAccept-Language: en\\r\\n\\r\\n").text().startsWith("HTTP/1.1 200 "));
        assertTrue(fromOutside(stage, sandbox, "GET /status HTTP/1.1\\r\\nHost: evil.example\\r\\n"
                + "Accept-Language: en\\r\\n\\r\\n").text().startsWith("HTTP/1.1 421 "));
        assertTrue(sandbox.nodePid(Cluster.GTM).isPresent());
        pgxl.run("stop", "gtm").orFail();
        pgxl.run("start", "gtm").orFail();
        assertEquals("600 postgres", sandbox.exec("root", "stat -c '%a %U' /var/lib/postgres/.pgxl/control-token").text());
    }

    /** Begins a thousand requests, with many open at a time, each said in full, and reads no answer. */
    private static final String CROWD = """
            use IO::Socket::INET; $SIG{PIPE} = 'IGNORE'; $| = 1;
            my @open; my $begun = 0; my $end = time + 60;
            while (time < $end) {
                my $s = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => 9432, Timeout => 5) or next;
                syswrite $s, "GET /metrics HTTP/1.0\r\n\r\n" if $begun % 4;
                push @open, $s;
                close shift @open if @open > 900;
                print ++$begun, "\n";
            }
            """;

    @Test
    void aCrowdOfOthersLeavesPlacesForThisContainer(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").set("PGXL_STATUS_LISTEN", "*").start();
        var pgxl = new Pgxl(sandbox).await();
        Program crowd = stage.keep(Program.start(Path.of("/dev/null"), stage.wire().outside(
                List.of("bash", "-c", "ulimit -n 4096; exec perl -e \"$0\" " + sandbox.address(), CROWD))));
        Await.until(Await.LONG, "a crowd", () -> crowd.outputSoFar().lines().count() > 1000);
        for (int i = 0; i < 30; i++) {
            Program.Result health = pgxl.run("health", "live");
            assertEquals(0, health.code(), "try " + i + ": " + health);
        }
        assertTrue(crowd.isRunning(), "the crowd is still there");
    }

    @Test
    void statusIsJsonAsPostgresReadsIt(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        var pgxl = new Pgxl(cluster.sandbox()).await();
        Await.until(Await.LONG, "/ready", () -> pgxl.answers("/ready", 200));
        String json = pgxl.run("status", "--json").orFail().text();
        Program.Result read = cluster.operator().sql(Cluster.COORDINATOR,
                "SELECT node->>'name', node->>'role', node->>'state', node->>'ready', node->>'port' FROM json_array_elements("
                        + "$json$" + json + "$json$::json->'nodes') node ORDER BY 1").orFail();
        assertEquals("coord1|coordinator|RUNNING|true|5432\ndata1|datanode|RUNNING|true|15432\ngtm|gtm|RUNNING|true|6666",
                read.text());
    }
}
