package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Pgxl;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a dead server's pid file may hold; the agent alone knows that nobody serves the directory. */
@Faults
class PidFilesIT {

    @Test
    void noStalePidFileStopsAStartOrHarmsAnybody(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        cluster.operator().add(Cluster.PROXY);
        var strangers = new Strangers(cluster, Cluster.DATANODE);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        try (var row = new Row(3, "a stale pid file of each of the four servers", PidFilesIT.class)
                .opposite("`aFifoIsRefused…`; without the agent `pg_ctl start` is refused: asserted there")) {
            Map<String, String> contents = contents(cluster, Scale.isQuick() ? 2 : Integer.MAX_VALUE);
            for (Map.Entry<String, String> content : contents.entrySet()) {
                for (Node node : List.of(Cluster.GTM, Cluster.PROXY, Cluster.DATANODE, Cluster.COORDINATOR)) {
                    row.round(() -> {
                        pgxl.run("stop", node.directory()).orFail();
                        write(sandbox, node, content.getValue());
                        long start = System.nanoTime();
                        Program.Result started = pgxl.run("start", node.directory());
                        assertEquals(0, started.code(), node.subject() + ", " + content.getKey() + ": " + started);
                        row.timed(start);
                        assertEquals(0, strangers.ended(), "strangers were ended");
                    });
                }
            }
            cluster.awaitRows(Cluster.COORDINATOR);
            row.note(contents.size() + " contents: " + String.join(", ", contents.keySet().stream()
                    .map(name -> name.replaceAll(" [0-9]+$", "")).distinct().toList()));
        }
    }

    @Test
    void aFifoIsRefusedAndPgCtlAloneIsStoppedByTheNumberOfAThread(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        Node node = Cluster.COORDINATOR;
        pgxl.run("stop", node.directory()).orFail();
        sandbox.exec("postgres", "mkfifo " + node.path() + "/postmaster.pid").orFail();
        assertEquals(1, pgxl.run("start", node.directory()).code());
        sandbox.exec("postgres", "rm " + node.path() + "/postmaster.pid").orFail();
        pgxl.run("hold", node.directory());
        write(sandbox, node, threads(sandbox).get(3) + "\n" + node.path() + "\n1\n5432\n/tmp\n*\n");
        assertEquals(1, cluster.operator().start(node).code(), "PostgreSQL takes a thread for a postmaster");
    }

    private static Map<String, String> contents(Cluster cluster, int mostThreads) {
        Sandbox sandbox = cluster.sandbox();
        cluster.operator().ssh().start("sleep 0.1 & exec sleep 8001");
        String zombie = sandbox.exec("root", "for i in $(seq 200); do ps -eo stat=,pid= | grep '^Z' && exit; sleep 0.05;"
                + " done; exit 1").orFail().text().lines().findFirst().orElseThrow().split("\\s+")[1];
        String ofRoot = sandbox.exec("root", "sleep 8002 >/dev/null 2>&1 & echo $!").orFail().text();
        String ofUser = sandbox.exec("postgres", "sleep 8003 >/dev/null 2>&1 & echo $!").orFail().text();
        var contents = new LinkedHashMap<String, String>();
        contents.put("missing", null);
        contents.put("empty", "");
        contents.put("garbage", "no\0number\nat all\n");
        contents.put("negative", "-1\n");
        contents.put("1", "1\n");
        contents.put("a zombie", zombie);
        contents.put("a stranger of root", ofRoot);
        contents.put("a stranger of the user", ofUser);
        contents.put("a postmaster of another directory", "OTHER");
        contents.put("beyond pid_max", "4194305");
        contents.put("beyond 32 bits", "4294967297");
        threads(sandbox).stream().limit(mostThreads).forEach(thread -> contents.put("a thread of PID 1, " + thread, thread));
        return contents;
    }

    private static void write(Sandbox sandbox, Node node, String content) {
        String file = node.path() + "/" + node.role().pidFileName();
        if (content == null) {
            sandbox.exec("postgres", "rm -f " + file).orFail();
            return;
        }
        Node other = node.equals(Cluster.COORDINATOR) ? Cluster.DATANODE : Cluster.COORDINATOR;
        String text = content.equals("OTHER") ? Integer.toString(sandbox.nodePid(other).orElseThrow()) : content;
        String whole = text.matches("[0-9]+") ? text + "\n" + node.path() + "\n1\n" + node.port() + "\n/tmp\n*\n" : text;
        var octal = new StringBuilder();
        whole.chars().forEach(c -> octal.append(String.format("\\%03o", c)));
        sandbox.exec("postgres", "printf '" + octal + "' >" + file).orFail();
    }

    private static List<String> threads(Sandbox sandbox) {
        return new ArrayList<>(sandbox.exec("root", "ls /proc/1/task").orFail().text().lines()
                .filter(thread -> !thread.equals("1")).toList());
    }
}
