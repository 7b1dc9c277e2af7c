package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code pgxl status} on a terminal: {@code script} gives it a real one. */
@OnStage
class TerminalIT {
    private static final String ESCAPE = "\u001b[";
    private static final String CLEAR = ESCAPE + "H" + ESCAPE + "2J";

    /** A command on a terminal of this width, beside PID 1, as under {@code docker exec -t}. */
    private static List<String> onTerminal(Sandbox sandbox, String environment, int columns, String command) {
        // Whatever was started in the background of a script ignores SIGINT for good, and so would this.
        return sandbox.inside("postgres", List.of("bash", "-c", environment + " exec env --default-signal=INT"
                + " script -qefc 'stty cols " + columns + "; exec " + command + "' /dev/null"));
    }

    private static String status(Sandbox sandbox, String environment, int columns) {
        return Program.run(Await.LONG, onTerminal(sandbox, environment, columns, Pgxl.PATH + " status")).orFail().text();
    }

    @Test
    void statusIsColouredOnATerminalOnly(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        Await.until(Await.LONG, "/ready", () -> pgxl.answers("/ready", 200));
        pgxl.run("stop", "coord1").orFail();

        String coloured = status(sandbox, "TERM=xterm", 200);
        assertTrue(coloured.contains(ESCAPE + "1mNAME "), coloured);
        assertTrue(coloured.contains(ESCAPE + "32mgtm "), "green serves: " + coloured);
        assertTrue(coloured.contains(ESCAPE + "33mcoord1 "), "yellow is down on purpose: " + coloured);
        for (String environment : List.of("TERM=xterm NO_COLOR=1", "TERM=dumb", "unset TERM;")) {
            assertFalse(status(sandbox, environment, 200).contains(ESCAPE), environment);
        }
        assertFalse(sandbox.exec("postgres", "TERM=xterm " + Pgxl.PATH + " status").text().contains(ESCAPE));
    }

    @Test
    void linesAreCutToTheWidthOfTheTerminal(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        new Pgxl(cluster.sandbox()).await();
        for (int columns : List.of(80, 60)) {
            List<String> lines = status(cluster.sandbox(), "TERM=dumb", columns).lines().toList();
            assertEquals(Cluster.NODES.size(), lines.stream().dropWhile(line -> !line.startsWith("NAME ")).skip(1).count());
            lines.forEach(line -> assertTrue(line.strip().length() <= columns, line));
            assertTrue(lines.stream().anyMatch(line -> line.strip().endsWith("…")), lines.toString());
        }
    }

    @Test
    void watchShowsWhatChangesUntilItIsInterrupted(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        Program watch = stage.keep(Program.start(Path.of("/dev/null"),
                onTerminal(sandbox, "TERM=xterm", 120, Pgxl.PATH + " status --watch")));
        Await.until(Await.LONG, "first page", () -> watch.outputSoFar().contains("coord1 coordinator master RUNNING"));
        assertTrue(watch.outputSoFar().startsWith(CLEAR), "each page begins on a clear screen");
        pgxl.run("stop", "coord1").orFail();
        Await.until(Await.LONG, "page with the change", () -> watch.outputSoFar().contains("coord1 coordinator master STOPPED"));
        int pages = watch.outputSoFar().split(CLEAR.replace("[", "\\["), -1).length - 1;
        assertTrue(pages >= 2, pages + " pages");
        // As Ctrl-C does it: to all of the terminal's group, for bash itself heeds it only if what it waits for died of it.
        sandbox.exec("postgres", "kill -INT -- -$(pgrep -o -f 'bin/pgxl status --watch$')").orFail();
        assertEquals(0, watch.await(Await.LONG).code());
    }

    @Test
    void watchWithoutATerminalIsPlainAndEndsWhenTheAgentIsGone(Stage stage) {
        Sandbox sandbox = stage.sandbox("empty").start();
        new Pgxl(sandbox).await();
        Program watch = stage.keep(Program.start(
                Path.of("/dev/null"), sandbox.inside("postgres", List.of(Pgxl.PATH, "status", "--watch"))));
        Await.until(Await.LONG, "second page", () -> watch.outputSoFar().split("No node yet", -1).length > 2);
        assertFalse(watch.outputSoFar().contains("\u001b"));

        Program.Result alone = sandbox.exec("postgres", "PGXL_STATUS_PORT=1 " + Pgxl.PATH + " status --watch");
        assertEquals(69, alone.code());
        assertTrue(alone.error().contains("no agent answers on 127.0.0.1 port 1"), alone.error());
    }
}
