package com.tiredpixel.pgxl.it.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The walk-through: every command that {@code image/README.md} shows, in its order, in one shell. */
@WithDocker(realPostgresXl = true)
class ReadmeIT {

    private static final Path README = Image.TOP.resolve("image/README.md");
    private static final Pattern COMMANDS = Pattern.compile("(?ms)^ *```sh\\n(.*?)^ *```$");
    private static final String OLDER = "An older cluster";
    private static final Duration DEADLINE = Duration.ofMinutes(20);

    @Test
    void everyCommandInItWorks() throws IOException {
        boolean began = SwarmIT.beginSwarmIfNone();
        Path script = Files.createTempFile("pgxl-readme-", ".sh");
        try {
            Files.writeString(script, "set -e -o pipefail\ncd '" + Image.TOP + "'\nset -x\n" + commands());
            String output = Shell.run(DEADLINE, Image.buildSettings(), List.of("bash", script.toString())).orFail();
            // pgxc_ctl exits with 0 whatever happens. psql's errors have two blanks, and some are waited out.
            assertEquals("", output.lines().filter(line -> line.matches("ERROR: \\S.*")).collect(Collectors.joining("\n")));
            assertEquals(4, count(output, "^ +1000$"), output);
            assertTrue(output.contains("Running: gtm slave") && output.contains("Running: datanode slave data_1"), output);
            assertFalse(Docker.run("volume", "ls").contains("pgxl-"));
        } finally {
            Files.delete(script);
            Shell.run("bash", "-c", "docker service ls -q -f name=pgxl- | xargs -r docker service rm");
            if (began) {
                Docker.attempt("swarm", "leave", "--force");
            }
        }
    }

    /** All but those of the section that is for another cluster, which {@link OlderClusterIT} runs. */
    private static String commands() throws IOException {
        return commandsIn(Files.readString(README).replace(section(OLDER), ""));
    }

    /** @return the commands of a section */
    static String commandsOf(String title) throws IOException {
        return commandsIn(section(title));
    }

    private static String commandsIn(String text) {
        return COMMANDS.matcher(text).results().map(block -> block.group(1)).collect(Collectors.joining());
    }

    private static String section(String title) throws IOException {
        String text = Files.readString(README);
        int from = text.indexOf("\n## " + title + "\n");
        assertTrue(from >= 0, title);
        return text.substring(from, text.indexOf("\n## ", from + 1));
    }

    private static long count(String output, String line) {
        return Pattern.compile(line, Pattern.MULTILINE).matcher(output).results().count();
    }
}
