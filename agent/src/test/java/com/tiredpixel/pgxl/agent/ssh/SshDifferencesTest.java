package com.tiredpixel.pgxl.agent.ssh;

import java.util.Set;

class SshDifferencesTest {
    /** PATH has the programs of Postgres-XL in it; there is no mail; the container's own settings are there. */
    static final Set<String> ENVIRONMENT = Set.of("PATH", "MAIL", "PGXL_TEST");
}
