package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.os.InstalledLocales;
import com.tiredpixel.pgxl.agent.os.Libc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalesTest {

    @Test
    void localesThatEverySystemHasAreNotMentioned() {
        assertEquals(List.of(), warnings(Map.of("LANG", "C.UTF-8", "LC_ALL", "C", "LC_COLLATE", "POSIX")));
    }

    @Test
    void eachThatIsNotInstalledIsNamedWithItsVariable() {
        List<String> warnings = warnings(Map.of("LANG", "xx_XX.UTF-8", "LC_TIME", "yy\u001b[0m", "LC_CTYPE", "C", "TZ", "xx"));
        assertEquals(2, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).startsWith("LANG is xx_XX.UTF-8, a locale that is not installed"), warnings.get(0));
        assertTrue(warnings.get(1).startsWith("LC_TIME is yy") && !warnings.get(1).contains("\u001b"), warnings.get(1));
    }

    private static List<String> warnings(Map<String, String> environment) {
        List<String> said = new ArrayList<>();
        new Locales(new InstalledLocales(Libc.load()), (level, subject, message) -> said.add(message)).check(environment);
        return said;
    }
}
