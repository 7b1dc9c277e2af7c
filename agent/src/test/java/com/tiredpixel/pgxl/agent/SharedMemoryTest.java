package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedMemoryTest {
    @TempDir
    Path temporary;

    @Test
    void muchOfItIsNotMentioned() {
        assertTrue(temporary.toFile().getTotalSpace() > 64L << 20, "a file system of the usual size");
        assertEquals(List.of(), warnings(temporary));
    }

    @Test
    void ofLittleOrNoneItIsSaidHowToGetMore() {
        List<String> warnings = warnings(temporary.resolve("none"));
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).contains("none has 0 MB") && warnings.get(0).contains("--shm-size"), warnings.get(0));
    }

    private static List<String> warnings(Path directory) {
        List<String> said = new ArrayList<>();
        new SharedMemory(directory, (level, subject, message) -> said.add(message)).check();
        return said;
    }
}
