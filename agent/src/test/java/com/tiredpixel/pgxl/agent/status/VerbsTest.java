package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of the verbs in several places is one and the same. */
class VerbsTest {
    private static final Path COMPLETION = Path.of("src/main/dist/share/bash-completion/completions/pgxl");
    private static final Set<String> OPEN = Set.of("status", "health", "reap-report", "help");

    @TempDir
    Path temporary;

    private Room room;
    private List<String> verbs;
    private String help;

    @BeforeEach
    void aRoom() throws IOException {
        room = new Room(temporary.toRealPath());
        room.gtm("gtm", 1);
        room.nodes = List.of(room.node("gtm", Role.GTM, NodeState.STOPPED, 0));
        String reply = room.pgxl(false, "__complete", "verbs");
        assertTrue(reply.startsWith("0 "), reply);
        verbs = reply.substring(2).lines().toList();
        help = room.pgxl(false, "help");
    }

    private static List<String> groups(String pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern, Pattern.MULTILINE).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void helpHasALineForEachVerbAndNoOther() {
        assertEquals(new TreeSet<>(verbs), new TreeSet<>(groups("^  ([a-z][a-z-]*) ", help)));
        help.lines().forEach(line -> assertTrue(line.length() <= 120, line));
    }

    @Test
    void completionOffersEachVerbAndNodesToThoseThatTakeOne() throws IOException {
        String completion = Files.readString(COMPLETION);
        String offered = groups("-eq 1 \\]; then\\n\\s+words='([^']*)'", completion).get(0);
        assertEquals(new TreeSet<>(verbs), new TreeSet<>(List.of(offered.split(" "))));
        Set<String> withNodes = new TreeSet<>();
        for (String names : groups("^ +([a-z |-]+)\\) words=.*__complete nodes", completion)) {
            withNodes.addAll(List.of(names.split(" \\| ")));
        }
        assertEquals(new TreeSet<>(groups("^  ([a-z-]+) NODE", help)), withNodes);
        for (String option : groups("(--[a-z-]+)", help)) {
            assertTrue(completion.contains(option), option);
        }
    }

    @Test
    void ofTheClusterHelpHasEachWordAndCompletionOffersIt() throws Exception {
        for (String word : List.of("status", "verify")) {
            assertTrue(help.contains(" " + word + " [--json]"), word);
        }
        assertEquals(List.of("status", "verify"), offered("cluster", ""));
        assertEquals(List.of("verify"), offered("cluster", "v"));
        assertEquals(List.of("--json", "--watch"), offered("cluster", "status", "-"));
        assertEquals(List.of("--json"), offered("cluster", "verify", ""));
    }

    /** As bash asks; for these words the completion asks no agent. */
    private static List<String> offered(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", "-c", ". " + COMPLETION
                + "; COMP_WORDS=(pgxl \"$@\"); COMP_CWORD=$#; COMPREPLY=(); _pgxl; printf '%s\n' \"${COMPREPLY[@]}\"", "bash"));
        command.addAll(List.of(words));
        Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(bash.waitFor(30, java.util.concurrent.TimeUnit.SECONDS));
        return said.lines().sorted().toList();
    }

    @Test
    void whoProvesNothingMayUseThoseThatTellWhatHttpTellsAndNoOther() throws IOException {
        for (String verb : verbs) {
            boolean open = !room.pgxl(false, verb).startsWith("77 ");
            assertEquals(OPEN.contains(verb), open, verb);
            assertEquals(OPEN.contains(verb), help.indexOf("\n  " + verb + " ") < help.indexOf("and root may"),
                    "where help has " + verb);
        }
        assertTrue(room.pgxl(false, "explain", "/root").startsWith("77 "));
        assertEquals(List.of(), room.orders);
    }

    @Test
    void wordsThatAVerbDoesNotTakeAreNamed() throws IOException {
        for (String verb : verbs) {
            if (!verb.equals("help")) {
                String said = room.pgxl(true, verb, "--no-such", "\u001b\"x", "y");
                assertTrue(said.startsWith("64 "), verb + ": " + said);
                assertTrue(said.indexOf('\u001b') < 0, said);
            }
        }
        assertTrue(room.pgxl(true, "stop", "gtm", "--mode").contains("--mode wants a value"));
        assertTrue(room.pgxl(true, "stop", "gtm", "-m", "smart").startsWith("0 "));
        assertTrue(room.pgxl(true, "stop", "--mode=smart", "gtm").startsWith("0 "));
        assertEquals(2, room.orders.size());
    }

    @Test
    void besideAnotherOfItsNameOneIsStartedOnlyIfThatIsConfirmed() throws IOException {
        String said = room.pgxl(true, "start", "gtm", "--alone");
        assertTrue(said.startsWith("64 ") && said.contains("add --yes"), said);
        assertEquals(List.of(), room.orders);
        assertTrue(room.pgxl(true, "start", "--alone", "gtm", "--yes").startsWith("0 "));
        assertEquals("alone " + temporary.toRealPath().resolve("gtm"), room.orders.get(0));
        assertTrue(room.orders.get(1).startsWith("Start[]"), room.orders.toString());
        room.pgxl(true, "start", "gtm");
        assertEquals(3, room.orders.size(), "a plain start says nothing of the other");
    }
}
