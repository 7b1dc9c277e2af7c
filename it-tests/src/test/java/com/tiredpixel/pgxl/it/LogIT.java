package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Standard output is for reading; nothing that is written there, and nobody who reads there, harms a server. */
@OnStage
class LogIT {

    /** A prefix whose {@code postgres} prints something of its own before it becomes the real one. */
    private static Path talkativePrefix(Stage stage, String talk) throws IOException {
        Path bin = Files.createDirectories(stage.newDirectory("prefix").resolve("bin"));
        Path program = Files.writeString(bin.resolve("postgres"),
                "#!/bin/bash\n" + talk + "\nexec /usr/local/lib/postgres/bin/postgres \"$@\"\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createSymbolicLink(bin.resolve("gtm"), Path.of("/usr/local/lib/postgres/bin/gtm"));
        return bin.getParent();
    }

    @Test
    void aLineOfAHundredMegabytesIsCutAndTheServerServes(Stage stage) throws IOException {
        Path prefix = talkativePrefix(stage, "head -c 100000000 /dev/zero | tr '\\0' x; echo; echo after the line");
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage))
                .bind(prefix, "/opt/talkative").set("PGXL_PREFIX", "/opt/talkative"));
        cluster.awaitRows(Cluster.COORDINATOR);
        cluster.sandbox().log().await("after the line");
        long longest = cluster.sandbox().log().text().lines().mapToLong(String::length).max().orElse(0);
        assertTrue(longest > 100 && longest < 100_000, longest + " characters");
    }

    @Test
    void whatAServerPrintsIsPrefixedWithItsNode(Stage stage) throws IOException {
        Path prefix = talkativePrefix(stage, "echo I am a server");
        Cluster cluster = Cluster.start(stage, stage.sandbox("node", Cluster.volume(stage))
                .bind(prefix, "/opt/talkative").set("PGXL_PREFIX", "/opt/talkative"));
        for (Node node : List.of(Cluster.DATANODE, Cluster.COORDINATOR)) {
            cluster.sandbox().log().await("^\\S+Z .*" + node.subject() + ".*I am a server");
        }
    }

    /** A pipe that nobody reads: the log is lost in part, the servers and the agent live on. */
    @Test
    void aReaderWhoDoesNotReadBlocksNobody(Stage stage) throws IOException {
        Path fifo = stage.directory().resolve("fifo");
        Program.run(Await.LONG, List.of("mkfifo", fifo.toString())).orFail();
        // Holds the pipe open and reads not a byte.
        stage.keep(Program.start(Path.of("/dev/null"), List.of("bash", "-c", "exec sleep 300 3<>" + fifo)));
        Path prefix = talkativePrefix(stage, "for i in {1..20000}; do echo \"$i this is a line of some length\"; done");
        Sandbox sandbox = stage.sandbox("node", Cluster.volume(stage)).log(fifo)
                .bind(prefix, "/opt/talkative").set("PGXL_PREFIX", "/opt/talkative").start();
        var operator = new Operator(stage, sandbox);
        operator.awaitSql(Cluster.COORDINATOR, Integer.toString(Cluster.ROWS), "SELECT count(*) FROM kept");
        operator.crash(Cluster.COORDINATOR);
        operator.awaitSql(Cluster.COORDINATOR, Integer.toString(Cluster.ROWS), "SELECT count(*) FROM kept");
        assertEquals(0, sandbox.stop(Duration.ofSeconds(20)));
    }

    @Test
    void everyLineHasATimeInUtcALevelAndASubject(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        assertEquals(0, cluster.sandbox().stop(Duration.ofSeconds(20)));
        List<String> odd = cluster.sandbox().log().text().lines()
                .filter(line -> !line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z (DEBUG|INFO |WARN |ERROR) .+"))
                .toList();
        assertEquals(List.of(), odd);
    }
}
