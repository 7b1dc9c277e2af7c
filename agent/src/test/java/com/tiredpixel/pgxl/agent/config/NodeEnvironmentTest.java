package com.tiredpixel.pgxl.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeEnvironmentTest {
    private static final String USUAL = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    @Test
    void anEmptyContainerGivesWhatANonInteractiveSessionNeeds() {
        assertEquals(
                Map.of(
                        "HOME", "/var/lib/postgres",
                        "USER", "postgres",
                        "LOGNAME", "postgres",
                        "SHELL", "/bin/bash",
                        "LANG", "C.UTF-8",
                        "PGCONNECT_TIMEOUT", "3",
                        "PATH", "/usr/local/lib/postgres/bin:" + USUAL),
                of(Map.of()));
    }

    @Test
    void localeTimeZonePasswordFileAndTheContainersOwnArePassedOn() {
        Map<String, String> passed = Map.of(
                "LC_ALL", "de_DE.UTF-8", "LC_TIME", "C", "TZ", "Europe/Berlin", "PGPASSFILE", "/x/.pgpass",
                "PGXL_CLUSTER", "one", "PGCONNECT_TIMEOUT", "0");
        Map<String, String> environment = of(passed);

        passed.forEach((name, value) -> assertEquals(value, environment.get(name)));
        assertEquals(null, environment.get("LANG"), "the container has a locale of its own");
    }

    @Test
    void nothingElseIsInherited() {
        Map<String, String> container = new HashMap<>();
        for (String name : new String[] {
            "PGDATA", "PGHOST", "PGPORT", "PGPASSWORD", "LD_PRELOAD", "LD_LIBRARY_PATH", "JAVA_TOOL_OPTIONS",
            "MALLOC_ARENA_MAX", "SECRET", "BASH_ENV", "ENV", "HOSTNAME", "PWD", "OLDPWD", "_"
        }) {
            container.put(name, "x");
        }

        assertEquals(of(Map.of()), of(container));
    }

    @Test
    void theContainerDoesNotChooseHomeUserAndShell() {
        assertEquals(
                of(Map.of()), of(Map.of("HOME", "/root", "USER", "root", "LOGNAME", "root", "SHELL", "/bin/sh")));
    }

    @Test
    void thePathStartsWithPostgresXlAndKeepsTheContainersEntriesOnce() {
        assertEquals(
                "/usr/local/lib/postgres/bin:/opt/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin",
                of(Map.of("PATH", "/opt/bin::.:bin:/usr/bin:/opt/bin:/usr/local/lib/postgres/bin")).get("PATH"));
    }

    private static Map<String, String> of(Map<String, String> container) {
        Settings.Reading reading = Settings.read(Map.of());
        return NodeEnvironment.of(
                assertInstanceOf(Settings.Reading.Valid.class, reading).settings(), container);
    }
}
