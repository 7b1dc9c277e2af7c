package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What bash offers behind {@code pgxl}, asked of the completion as bash itself asks. */
@OnStage
class CompletionIT {
    private static final String FILE = "/usr/local/lib/pgxl-agent/share/bash-completion/completions/pgxl";

    /** COMP_WORDS is the command line so far, its last word being the one to complete. */
    private static final String ASK = "PATH=${0%/*}:$PATH; cd; . " + FILE
            + "; complete -p pgxl | grep -q -- '-F _pgxl' || exit 9"
            + "; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _pgxl; printf '%s\\n' \"${COMPREPLY[@]}\"";

    private static List<String> offered(Sandbox sandbox, String... words) {
        List<String> command = new ArrayList<>(List.of("bash", "-c", ASK, Pgxl.PATH, "pgxl"));
        command.addAll(Arrays.asList(words));
        String text = Program.run(Await.LONG, sandbox.inside("postgres", command)).orFail().text();
        return text.lines().filter(word -> !word.isEmpty()).sorted().toList();
    }

    @Test
    void nodesModesAndLevelsAreOfferedWhereTheyFit(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        new Pgxl(sandbox).await();
        List<String> nodes = Cluster.NODES.stream().map(Node::name).sorted().toList();
        for (String verb : List.of("hold", "release")) {
            assertEquals(nodes, offered(sandbox, verb, ""), verb);
        }
        assertTrue(offered(sandbox, "start", "").containsAll(nodes));
        assertEquals(List.of("--alone", "--yes"), offered(sandbox, "start", "-"));
        assertEquals(List.of("coord1"), offered(sandbox, "stop", "co"));
        assertTrue(offered(sandbox, "stop", "").contains("--mode"));
        List<String> modes = List.of("fast", "immediate", "smart");
        assertEquals(modes, offered(sandbox, "stop", "coord1", "--mode", ""));
        assertEquals(List.of("immediate"), offered(sandbox, "restart", "coord1", "-m", "i"));
        assertEquals(modes, offered(sandbox, "stop", "coord1", "--mode", "="), "bash breaks words at =");
        assertEquals(List.of("smart"), offered(sandbox, "stop", "coord1", "--mode", "=", "s"));
        assertEquals(List.of("live", "ready", "startup"), offered(sandbox, "health", ""));
        assertEquals(List.of("debug", "error", "info", "warn"), offered(sandbox, "log-level", ""));
        assertEquals(List.of("--json", "--watch"), offered(sandbox, "status", "-"));
        assertEquals(List.of("data/coord1"), offered(sandbox, "explain", "data/co"));
        assertEquals(List.of(), offered(sandbox, "reload", ""));
        assertEquals(List.of(), offered(sandbox, "stop", "nonsense"));
    }

    @Test
    void everyVerbIsOfferedAndNoOther(Stage stage) {
        Sandbox sandbox = stage.sandbox("empty").start();
        var pgxl = new Pgxl(sandbox).await();
        List<String> verbs = pgxl.run("__complete", "verbs").orFail().text().lines().sorted().toList();
        assertTrue(verbs.contains("explain"), verbs.toString());
        assertEquals(verbs, offered(sandbox, ""));
        assertEquals(new TreeSet<>(List.of("release", "reload")), new TreeSet<>(offered(sandbox, "rel")));
    }

    @Test
    void aCompletionWithoutAnAgentOffersVerbsAndIsSilent(Stage stage) {
        Sandbox sandbox = stage.sandbox("empty").set("PGXL_STATUS_PORT", "9555").start();
        Program.Result said = Program.run(Await.LONG, sandbox.inside("postgres", List.of(
                "bash", "-c", ASK, Pgxl.PATH, "pgxl", "stop", "")));
        assertEquals("--mode", said.text());
        assertEquals("", said.error());
    }
}
