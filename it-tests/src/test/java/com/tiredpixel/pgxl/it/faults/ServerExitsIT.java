package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Pgxl;
import com.tiredpixel.pgxl.it.Places;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Ssh;
import com.tiredpixel.pgxl.it.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.Test;

/** Exit codes and signals of servers that the agent starts, of servers that it adopts, and of helper programs. */
@Faults
class ServerExitsIT {
    private static final Node NODE = Cluster.DATANODE;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String RAIN = "for i in $(seq 100000); do ( (exit 3) & ); sleep 0.002; done";
    private static final String OPPOSITE = "a wrong status would differ here";

    /** Each start of this server ends in the next way, and leaves its pid file, as every crash does. */
    @Test
    void everyExitOfAStartedServerIsToldAsItWas(Stage stage) throws IOException {
        List<End> ends = End.all();
        var script = new StringBuilder("""
                #!/bin/bash
                [ "$1" != --version ] || exit 0
                n=$(cat count 2>/dev/null || echo 0)
                echo $((n + 1)) >count
                printf '%s\\n' $$ "$PWD" 1 15432 /tmp >postmaster.pid
                case $n in
                """);
        for (int i = 0; i < ends.size(); i++) {
            script.append(i).append(") ").append(ends.get(i).shell()).append(" ;;\n");
        }
        Path fake = stage.newDirectory("fake");
        executable(Files.createDirectory(fake.resolve("bin")).resolve("postgres"), script + "esac\nexec sleep 600\n");
        Path volume = Cluster.volume(stage);
        deleteAllBut(volume, NODE);
        Sandbox.Plan plan = stage.sandbox("node", volume).bind(fake, "/opt/fake").set("PGXL_PREFIX", "/opt/fake")
                .set("PGXL_SETTLE_TIME", "10ms").set("PGXL_BACKOFF_FIRST", "10ms").set("PGXL_BACKOFF_MAX", "10ms");
        try (var row = new Row(1, "exit codes 0 to 255 and ten signals of a server that the agent started", ServerExitsIT.class)
                .opposite(OPPOSITE)) {
            Sandbox sandbox = plan.start();
            new Ssh(stage, sandbox).awaitLogin().start(RAIN);
            Await.until(PATIENCE, "end of the last start", () -> told(sandbox, 0).size() == ends.size());
            List<String> told = told(sandbox, 0);
            for (int i = 0; i < ends.size(); i++) {
                String expected = ends.get(i).status().toString();
                String seen = told.get(i);
                row.round(() -> assertEquals(expected, seen));
            }
        }
    }

    /** Perl by the name of a server, in a data directory whose pid file names it: so looks what {@code pg_ctl} leaves. */
    @Test
    void everyExitOfAnAdoptedServerIsToldAsItWas(Stage stage) throws IOException {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        Ssh ssh = cluster.operator().ssh();
        new Pgxl(sandbox).await().run("hold", NODE.directory()).orFail();
        cluster.operator().stop(NODE).orFail();
        sandbox.log().awaitState(0, NODE, "HELD");
        sandbox.exec("postgres", "mkdir /tmp/fake && cp /usr/bin/perl /tmp/fake/postgres").orFail();
        ssh.start(RAIN);
        try (var row = new Row(1, "exit codes 0 to 255 and ten signals of a server that the agent adopted", ServerExitsIT.class)
                .opposite(OPPOSITE)) {
            for (End end : End.all()) {
                row.round(() -> {
                    int mark = sandbox.log().mark();
                    ssh.run("cd " + NODE.path() + " && rm -f /tmp/go && (/tmp/fake/postgres -e '" + orphan(end)
                            + "' </dev/null >/dev/null 2>&1 &)").orFail();
                    sandbox.log().await(mark, NODE.subject() + ": STARTING: adopted ", Await.LONG);
                    sandbox.exec("postgres", "touch /tmp/go").orFail();
                    long start = System.nanoTime();
                    Await.until(Await.LONG, "word of its end", () -> !told(sandbox, mark).isEmpty());
                    row.timed(start);
                    assertEquals(end.status().toString(), told(sandbox, mark).get(0));
                    sandbox.log().awaitState(mark, NODE, "HELD");
                });
            }
            row.note("the times are from the end to the line in the log");
        }
    }

    @Test
    void everyExitOfAHelperProgramIsToldAsItWas(Stage stage) {
        String java = System.getProperty("java.home");
        try (var row = new Row(1, "exit codes 0 to 255 and ten signals of helper programs", ServerExitsIT.class)
                .opposite(OPPOSITE)) {
            Sandbox sandbox = stage.sandbox("trial")
                    .bind(Places.MODULE.resolve("target/test-classes"), "/opt/trial")
                    .command(java + "/bin/java", "-Xmx64m", "-Dpgxl.faults=" + System.getProperty("pgxl.faults", "quick"),
                            "-cp", "/opt/trial:/usr/local/lib/pgxl-agent/lib/*", ExitTrial.class.getName())
                    .start();
            MatchResult result = sandbox.log().await(0, "RESULT tried=(\\d+) right=(\\d+) orphans=(\\d+)", PATIENCE);
            row.count(Integer.parseInt(result.group(1)), Integer.parseInt(result.group(2)),
                    String.join("\n", sandbox.log().lines(0, "WRONG")));
            row.note("the room `os` alone as PID 1, " + result.group(3) + " orphans meanwhile");
        }
    }

    private static String orphan(End end) {
        String last = end.shell().startsWith("exit ")
                ? end.shell()
                : end.shell().replaceAll(".*'(.*)'", "$1");
        return "open F, \">\", \"postmaster.pid\"; print F \"$$\\n" + NODE.path()
                + "\\n1\\n15432\\n/tmp\\n\"; close F; select(undef, undef, undef, 0.005) until -e \"/tmp/go\"; "
                // A shell has its background processes ignore these two.
                + "$SIG{INT} = $SIG{QUIT} = \"DEFAULT\"; " + last;
    }

    private static List<String> told(Sandbox sandbox, int mark) {
        return sandbox.log().lines(mark, " " + NODE.subject() + ": SETTLING: pid \\d+ ended: ").stream()
                .map(line -> line.replaceAll(".* ended: ", "")).toList();
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        if (!file.toFile().setExecutable(true, false)) {
            throw new IOException("cannot make " + file + " executable");
        }
    }

    private static void deleteAllBut(Path volume, Node node) {
        Cluster.NODES.stream().filter(other -> !other.equals(node)).forEach(other ->
                Program.run(Await.LONG, List.of("rm", "-rf", volume.resolve(other.directory()).toString())).orFail());
    }
}
