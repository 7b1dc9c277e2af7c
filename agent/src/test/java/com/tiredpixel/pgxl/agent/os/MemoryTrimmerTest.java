package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryTrimmerTest {
    /** Under load too: many rounds, each with work between, in a JVM that goes on testing afterwards. */
    @Test
    void theJvmWorksOnAfterItsCleanPagesAreGone() throws IOException {
        Libc libc = Libc.load();
        List<CleanPages.Range> ranges;
        try (BufferedReader smaps = Files.newBufferedReader(Path.of("/proc/self/smaps"))) {
            ranges = CleanPages.in(smaps);
        }
        for (int round = 0; round < 50; round++) {
            for (CleanPages.Range range : ranges) {
                assertEquals(0, libc.madvise(range.start(), range.length(), Libc.MADV_DONTNEED));
            }
            libc.mallocTrim();
            assertTrue(List.of(round, round + 1).toString().contains(Integer.toString(round)));
        }
    }
}
