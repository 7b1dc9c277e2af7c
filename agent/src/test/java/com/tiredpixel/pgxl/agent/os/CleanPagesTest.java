package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanPagesTest {
    private static List<CleanPages.Range> in(String... mappings) throws IOException {
        return CleanPages.in(new BufferedReader(new StringReader(String.join("\n", mappings))));
    }

    private static String mapping(String permissions, String path, int anonymous) {
        return "7fb72d851000-7fb72d853000 " + permissions + " 00251000 fe:00 2367997                    " + path
                + "\nSize:                  8 kB\nRss:                   8 kB\nAnonymous:             " + anonymous
                + " kB\nAnonHugePages:         0 kB\nVmFlags: rd ex mr mw me";
    }

    @Test
    void theProgramTheClassDataAndTheModulesOfTheJvmMayGo() throws IOException {
        var range = new CleanPages.Range(0x7fb72d851000L, 0x2000);
        assertEquals(List.of(range), in(mapping("r-xp", "/jdk/lib/server/libjvm.so", 0)));
        assertEquals(List.of(range), in(mapping("r--p", "/agent/agent.jsa", 0)));
        assertEquals(List.of(range), in(mapping("r--s", "/jdk/lib/modules", 0)));
    }

    @Test
    void whatWasEverWrittenToStays() throws IOException {
        assertEquals(List.of(), in(mapping("rw-p", "/agent/agent.jsa", 0)));
        assertEquals(List.of(), in(mapping("r--p", "/agent/agent.jsa", 4)));
        // Relocated by the dynamic linker, and read-only since.
        assertEquals(List.of(), in(mapping("r--p", "/jdk/lib/server/libjvm.so", 736)));
    }

    @Test
    void librariesThatMayBeInTheMiddleOfLoadingStay() throws IOException {
        assertEquals(List.of(), in(mapping("r-xp", "/lib/libnss_files.so.2", 0)));
        assertEquals(List.of(), in(mapping("rw-p", "", 0), mapping("r-xp", "[vdso]", 0)));
    }

    @Test
    void eachMappingIsJudgedByItsOwnLines() throws IOException {
        assertEquals(1, in(
                mapping("r-xp", "/jdk/lib/server/libjvm.so", 0),
                mapping("r--p", "/jdk/lib/server/libjvm.so", 736),
                mapping("rw-p", "[heap]", 0)).size());
    }

    @Test
    void thisVeryJvmHasSuchMappings() throws IOException {
        try (BufferedReader smaps = Files.newBufferedReader(Path.of("/proc/self/smaps"))) {
            assertFalse(CleanPages.in(smaps).isEmpty());
        }
    }
}
