package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code scripts/build-image}: what it asks of {@code docker}, of which one stands in that writes down what it is asked. */
class BuildImageIT {

    private static final Path SCRIPT = Places.MODULE.resolveSibling("scripts/build-image");

    @TempDir
    Path temporary;
    private Path asked;

    @BeforeEach
    void placeAnotherDocker() throws IOException {
        asked = temporary.resolve("asked");
        Path docker = Files.writeString(temporary.resolve("docker"),
                "#!/bin/bash\n[ \"$1\" != build ] || printf '%s\\n' \"$@\" >>'" + asked + "'\n");
        Files.setPosixFilePermissions(docker, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Program.Result build(String... arguments) {
        var command = new ArrayList<>(List.of("env", "-u", "BASE_IMAGE", "-u", "PGXL_IMAGE", "-u", "AGENT_IMAGE",
                "PATH=" + temporary + ":/usr/bin:/bin", SCRIPT.toString()));
        command.addAll(List.of(arguments));
        return Program.run(Await.LONG, command);
    }

    /** @return the build arguments, without the revision of the repository */
    private List<String> buildArguments(String... arguments) throws IOException {
        Files.deleteIfExists(asked);
        build(arguments).orFail();
        List<String> words = Files.readAllLines(asked);
        var found = new ArrayList<String>();
        for (int i = 1; i < words.size(); i++) {
            if (words.get(i - 1).equals("--build-arg") && !words.get(i).startsWith("REVISION=")) {
                found.add(words.get(i));
            }
        }
        return found;
    }

    private static String inDockerfile(String argument) throws IOException {
        Matcher matcher = Pattern.compile("(?m)^ARG " + argument + "=(.*)$")
                .matcher(Files.readString(Places.IMAGE.resolve("Dockerfile")));
        assertTrue(matcher.find(), argument);
        return matcher.group(1);
    }

    @Test
    void withoutOptionsEverythingIsAsTheDockerfileHasIt() throws IOException {
        assertEquals(List.of(), buildArguments());
        assertTrue(Files.readAllLines(asked).containsAll(List.of("build", "--tag", "postgres-xl")));
    }

    @Test
    void theVersionDecidesWhichCommitIsCompiled() throws IOException {
        assertEquals(List.of("PGXL_COMMIT=" + inDockerfile("PGXL_COMMIT")), buildArguments("--postgres-xl", "10"));
        List<String> old = buildArguments("--postgres-xl", "9.5", "--tag", "postgres-xl:9.5");
        assertEquals(1, old.size());
        assertTrue(old.get(0).matches("PGXL_COMMIT=[0-9a-f]{40}"), old.toString());
        assertFalse(old.get(0).endsWith(inDockerfile("PGXL_COMMIT")));
        String commit = old.get(0).substring("PGXL_COMMIT=".length());
        assertTrue(Files.readString(Places.IMAGE.resolve("mends/README.md")).contains("`XL9_5_STABLE` (" + commit.substring(0, 7)),
                "the mends are tried on that one");
        assertTrue(Files.readAllLines(asked).contains("postgres-xl:9.5"));
    }

    @Test
    void basesAndTreesAreHandedOn() throws IOException {
        assertEquals(List.of("BASE_IMAGE=quay.io/centos/centos:stream10", "PGXL_IMAGE=some/tree", "AGENT_IMAGE=some/agent"),
                buildArguments("--base", "quay.io/centos/centos:stream10", "--pgxl", "some/tree", "--agent", "some/agent"));
        assertEquals(List.of("POSTGRES_UID=26", "PGXL_COMMIT=" + inDockerfile("PGXL_COMMIT")),
                buildArguments("--build-arg", "POSTGRES_UID=26", "--postgres-xl", "10"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--postgres-xl 9.6 | --postgres-xl is 10 or 9.5, not \"9.6\"",
        "--postgres-xl 10r1.1 | --postgres-xl is 10 or 9.5, not \"10r1.1\"",
        "--postgres-xl | --postgres-xl wants a value",
        "--postgres-xl 10 --pgxl x | give one of them",
        "--builder buildah | --builder is legacy or buildkit, not \"buildah\"",
        "--version 10 | no such option: --version",
        "--base debootstrap | --base debootstrap wants --pgxl and --agent"
    })
    void whatIsNotAllowedIsSaidAndNothingIsBuilt(String line, String sentence) {
        Program.Result result = build(line.split(" "));
        assertEquals(1, result.code(), result.toString());
        assertTrue(result.error().startsWith("build-image: ") && result.error().contains(sentence), result.toString());
        assertFalse(Files.exists(asked));
    }
}
