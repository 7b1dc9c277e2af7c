package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Pgxl;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a dead server's pid file may hold; the agent alone knows that nobody serves the directory. */
@Faults
class PidFilesIT {
    private static final List<Node> SERVERS = List.of(Cluster.GTM, Cluster.PROXY, Cluster.DATANODE, Cluster.COORDINATOR);
    private static final String A_SLEEPER = "setsid sleep 8002 >/dev/null 2>&1 & echo $!";
    /** Its child has ended and stays a zombie for as long as the parent does not ask. */
    private static final String A_ZOMBIE = "perl -e '$| = 1; unless ($pid = fork) { exit } print \"$pid\\n\"; close STDOUT;"
            + " sleep 8001' </dev/null 2>/dev/null &";

    /** What makes a path of each kind, none of them a pid file. */
    private static final Map<String, String> NO_FILES =
            Map.of("a FIFO", "mkfifo ", "a directory", "mkdir ", "a symbolic link", "ln -s /etc/hostname ");

    @Test
    void noStalePidFileStopsAStartOrHarmsAnybody(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        cluster.operator().add(Cluster.PROXY);
        var strangers = new Strangers(cluster, Cluster.DATANODE);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        try (var row = new Row(3, "a stale pid file of each of the four servers", PidFilesIT.class)
                .opposite("`pgCtlAloneIsStoppedByTheNumberOfAThread`")) {
            Map<String, String> contents = contents(sandbox, Scale.isQuick() ? 2 : Integer.MAX_VALUE);
            for (Map.Entry<String, String> content : contents.entrySet()) {
                for (Node node : SERVERS) {
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
    void whatIsNoRegularFileIsRefusedUntilItIsGone(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        cluster.operator().add(Cluster.PROXY);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        try (var row = new Row(3, "a FIFO, a directory, a symbolic link as the pid file of each of the four servers",
                PidFilesIT.class).opposite("the same start succeeds without it: asserted in the same test")) {
            for (Node node : Scale.isQuick() ? SERVERS.subList(0, 1) : SERVERS) {
                String file = node.path() + "/" + node.role().program().pidFileName();
                NO_FILES.forEach((kind, command) -> row.round(() -> {
                    pgxl.run("stop", node.directory()).orFail();
                    sandbox.exec("postgres", "rm -f " + file + "; " + command + file).orFail();
                    Program.Result refused = pgxl.run("start", node.directory());
                    assertEquals(1, refused.code(), node.subject() + ", " + kind + ": " + refused);
                    assertTrue(refused.error().contains("not a regular file"), refused::toString);
                    sandbox.exec("postgres", "rm -d " + file).orFail();
                    sandbox.log().awaitState(sandbox.log().mark(), node, "RUNNING");
                }));
            }
            row.note("each refused with its reason, and started when it was gone");
        }
    }

    /** The negative control: to {@code kill(pid, 0)} a thread is as good as a process. */
    @Test
    void pgCtlAloneIsStoppedByTheNumberOfAThread(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        Node node = Cluster.COORDINATOR;
        pgxl.run("stop", node.directory()).orFail();
        pgxl.run("hold", node.directory());
        // One that stays: threads of sessions end.
        String reaper = sandbox.exec("root", "grep -lx reaper /proc/1/task/*/comm").orFail().text();
        write(sandbox, node, reaper.replaceAll(".*/task/(\\d+)/.*", "$1"));
        assertEquals(1, cluster.operator().start(node).code(), "PostgreSQL takes a thread for a postmaster");
    }

    private static Map<String, String> contents(Sandbox sandbox, int mostThreads) {
        var contents = new LinkedHashMap<String, String>();
        contents.put("missing", null);
        contents.put("empty", "");
        contents.put("garbage", "no\0number\nat all\n");
        contents.put("negative", "-1\n");
        contents.put("1, the agent's own", "1\n");
        for (String user : List.of("root", "postgres")) {
            contents.put("a stranger of " + user, sandbox.exec(user, A_SLEEPER).orFail().text());
            contents.put("a zombie of " + user, sandbox.exec(user, A_ZOMBIE).orFail().text());
        }
        contents.put("a postmaster of another directory", "OTHER");
        contents.put("beyond pid_max", "4194305");
        contents.put("beyond 32 bits", "4294967297");
        threads(sandbox, "/proc/1/task").stream().limit(mostThreads)
                .forEach(thread -> contents.put("a thread of PID 1, " + thread, thread));
        threads(sandbox, "/proc/[1-9]*/task").stream().filter(thread -> !contents.containsValue(thread)).limit(mostThreads)
                .forEach(thread -> contents.put("a process or a thread of another, " + thread, thread));
        return contents;
    }

    private static void write(Sandbox sandbox, Node node, String content) {
        String file = node.path() + "/" + node.role().program().pidFileName();
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

    private static List<String> threads(Sandbox sandbox, String tasks) {
        return sandbox.exec("root", "ls -d " + tasks + "/*").orFail().text().lines()
                .map(path -> path.replaceAll(".*/", ""))
                .filter(thread -> !thread.equals("1")).toList();
    }
}
