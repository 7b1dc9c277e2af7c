package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldMarksTest {
    @TempDir
    Path home;

    private HoldMarks marks;

    @BeforeEach
    void marks() {
        marks = new HoldMarks(home.resolve(".pgxl/held"), home);
    }

    @Test
    void aMarkIsKeptForADirectoryOfAnyName() throws IOException {
        Path odd = home.resolve("a\nb\\n");
        Path other = home.resolve("a\nb\n");
        marks.add(odd);
        assertTrue(marks.contains(odd));
        assertFalse(marks.contains(other));
        marks.remove(odd);
        assertFalse(marks.contains(odd));
    }

    @Test
    void aFifoInPlaceOfTheFileIsToldAndNotWaitedFor() throws Exception {
        Files.createDirectories(marks.file().getParent());
        assertEquals(0, new ProcessBuilder("mkfifo", marks.file().toString()).start().waitFor());
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> assertThrows(
                IOException.class, () -> marks.contains(home.resolve("data"))));
    }

    @Test
    void garbageHoldsNothingAndIsNotLost() throws IOException {
        Files.createDirectories(marks.file().getParent());
        for (int seed = 0; seed < 200; seed++) {
            byte[] noise = new byte[500];
            new Random(seed).nextBytes(noise);
            Files.write(marks.file(), noise);
            assertFalse(marks.contains(home.resolve("data/coord")), "seed " + seed);
        }
    }
}
