package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryDirectoryTest {
    @TempDir
    Path temporary;

    @Test
    void oneThatCanBeWrittenIsNotMentioned() {
        assertEquals(List.of(), warnings(temporary));
    }

    @Test
    void oneThatIsMissingOrNoDirectoryIsNamed() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        for (Path directory : List.of(temporary.resolve("none"), file)) {
            List<String> warnings = warnings(directory);
            assertEquals(1, warnings.size(), directory.toString());
            assertTrue(warnings.get(0).startsWith(directory + " is not a directory that can be written"), warnings.get(0));
        }
    }

    private static List<String> warnings(Path directory) {
        List<String> said = new ArrayList<>();
        new TemporaryDirectory(directory, (level, subject, message) -> said.add(message)).check();
        return said;
    }
}
