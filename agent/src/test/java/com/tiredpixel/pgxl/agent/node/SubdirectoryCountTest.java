package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubdirectoryCountTest {
    private final SubdirectoryCount count = new SubdirectoryCount();

    @TempDir
    Path directory;

    @Test
    void isTheNumberOfSubdirectoriesOrUnknown() throws IOException {
        for (int i = 0; i < 3; i++) {
            Files.createDirectory(directory.resolve("d" + i));
            Files.createFile(directory.resolve("f" + i));
            Files.createSymbolicLink(directory.resolve("l" + i), Path.of("d" + i));
        }

        OptionalLong found = count.of(directory);
        assertTrue(found.isEmpty() || found.getAsLong() == 3, found.toString());
    }

    @Test
    void isUnknownWhereNothingIsOrLinksMeanSomethingElse() {
        assertEquals(OptionalLong.empty(), count.of(directory.resolve("nothing")));
        assertEquals(OptionalLong.empty(), count.of(Path.of("/proc/self/task")), "procfs");
    }
}
