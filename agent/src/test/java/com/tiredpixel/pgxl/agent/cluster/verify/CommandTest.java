package com.tiredpixel.pgxl.agent.cluster.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A command means to bash what it means here, however it is broken into lines. */
class CommandTest {
    private static final List<List<String>> WORDS = List.of(
            List.of("printf", "%s\\n", "plain"),
            List.of("psql", "-h", "coord1", "-c", "ALTER NODE data1 WITH (HOST = 'data1', PORT = 5432)"),
            List.of("a b", "", "it's", "$(id)", "`id`", "a\\b", "\"", "!x", "it's !x", "*", "~", "#", "ä€😀"),
            List.of("x".repeat(300), "it's ".repeat(60), "'\\\"$`!".repeat(40), "😀".repeat(100), "$(id) ".repeat(50)));

    private static List<String> asBash(String text) throws Exception {
        Process bash = new ProcessBuilder("bash", "-c", "set -- " + text + "\nprintf '%s\\0' \"$@\"")
                .redirectErrorStream(true).start();
        bash.getOutputStream().close();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(bash.waitFor(30, TimeUnit.SECONDS));
        return List.of(said.substring(0, Math.max(0, said.length() - 1)).split("\0", -1));
    }

    @Test
    void bashReadsTheWordsThatWereMeant() throws Exception {
        for (List<String> words : WORDS) {
            var command = new Command(words);
            assertEquals(words, asBash(command.text()));
            for (int width : List.of(20, 77)) {
                List<String> lines = command.lines(6, width);
                lines.forEach(line -> assertTrue(line.length() <= width, line));
                assertEquals(words, asBash(String.join("\n", lines)), String.join("\n", lines));
            }
        }
    }

    @Test
    void wordsStayWholeWhereTheyFit() {
        assertEquals(List.of("  psql -h coord1 \\", "  -c \"SELECT 'x'\""),
                Command.of("psql", "-h", "coord1", "-c", "SELECT 'x'").lines(2, 20));
    }

    @Test
    void noControlCharacterIsInIt() {
        var all = new ArrayList<>(Command.of("a\u001b[2J", "b\nc").lines(6, 77));
        assertEquals(List.of("      'a\\x1b[2J' 'b\\nc'"), all);
    }
}
