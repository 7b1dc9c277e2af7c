package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerBuildTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "postgres (PostgreSQL) 10.9 (Postgres-XL 10r1.1) | false",
        "postgres (PostgreSQL) 10.9 (Postgres-XL 10r1.1) with mends 1 | true",
        "postgres (PostgreSQL) 10.9 (Postgres-XL 10r1.1+mends) | true",
        "postgres (PostgreSQL) 10.9 amends | false",
        "'' | false",
    })
    void theMendsAreKnownByTheWord(String version, boolean has) {
        assertEquals(has, new ServerBuild(version).hasMends());
    }
}
