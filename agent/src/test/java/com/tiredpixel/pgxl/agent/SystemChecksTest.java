package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.os.InstalledLocales;
import com.tiredpixel.pgxl.agent.os.Libc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemChecksTest {
    @TempDir
    Path temporary;

    @Test
    void aTemporaryDirectoryThatCanBeWrittenIsNotMentioned() {
        assertEquals(List.of(), warnings(checks -> checks.checkTemporary(temporary)));
    }

    @Test
    void oneThatIsMissingOrNoDirectoryIsNamed() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        for (Path directory : List.of(temporary.resolve("none"), file)) {
            List<String> warnings = warnings(checks -> checks.checkTemporary(directory));
            assertEquals(1, warnings.size(), directory.toString());
            assertTrue(warnings.get(0).startsWith(directory + " is not a directory that can be written"), warnings.get(0));
        }
    }

    @Test
    void muchSharedMemoryIsNotMentioned() {
        assertTrue(temporary.toFile().getTotalSpace() > 64L << 20, "a file system of the usual size");
        assertEquals(List.of(), warnings(checks -> checks.checkSharedMemory(temporary)));
    }

    @Test
    void ofLittleOrNoneItIsSaidHowToGetMore() {
        List<String> warnings = warnings(checks -> checks.checkSharedMemory(temporary.resolve("none")));
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).contains("none has 0 MB") && warnings.get(0).contains("--shm-size"), warnings.get(0));
    }

    @Test
    void localesThatEverySystemHasAreNotMentioned() {
        assertEquals(List.of(), ofLocales(Map.of("LANG", "C.UTF-8", "LC_ALL", "C", "LC_COLLATE", "POSIX")));
    }

    @Test
    void eachLocaleThatIsNotInstalledIsNamedWithItsVariable() {
        List<String> warnings = ofLocales(Map.of("LANG", "xx_XX.UTF-8", "LC_TIME", "yy\u001b[0m", "LC_CTYPE", "C", "TZ", "xx"));
        assertEquals(2, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).startsWith("LANG is xx_XX.UTF-8, a locale that is not installed"), warnings.get(0));
        assertTrue(warnings.get(1).startsWith("LC_TIME is yy") && !warnings.get(1).contains("\u001b"), warnings.get(1));
    }

    private static List<String> ofLocales(Map<String, String> environment) {
        return warnings(checks -> checks.checkLocales(new InstalledLocales(Libc.load()), environment));
    }

    private static List<String> warnings(Consumer<SystemChecks> check) {
        List<String> said = new ArrayList<>();
        check.accept(new SystemChecks((level, subject, message) -> said.add(message)));
        return said;
    }
}
