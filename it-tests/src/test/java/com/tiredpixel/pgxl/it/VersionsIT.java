package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/lib/versions}: on which versions the integration tests run, and what is said of the others. */
class VersionsIT {

    @TempDir
    Path temporary;

    @BeforeEach
    void placeServersAndAnotherMaven() throws IOException {
        program("ten/bin/postgres", "echo 'postgres (PostgreSQL) 10.9 (Postgres-XL 10r1.1) with mends 1'");
        program("old/bin/postgres", "echo 'postgres (PostgreSQL) 9.5.12 (Postgres-XL 9.5r1.6)'");
        program("stock/bin/postgres", "echo 'postgres (PostgreSQL) 17.2'");
        program("bin/mvn", "echo \"$PGXL_PREFIX $*\" >>\"${0%/*}/asked\"; exit ${MVN:-0}");
    }

    private void program(String name, String script) throws IOException {
        Path program = temporary.resolve(name);
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Program.Result versions(String... environment) throws IOException {
        Files.deleteIfExists(temporary.resolve("bin/asked"));
        var command = new ArrayList<>(List.of("env", "-u", "PGXL_SERVERS", "PATH=" + temporary.resolve("bin") + ":/usr/bin:/bin",
                "PGXL_PREFIX_10=" + temporary.resolve("ten"), "PGXL_PREFIX_9_5=" + temporary.resolve("old")));
        command.addAll(List.of(environment));
        command.addAll(List.of(Places.MODULE.resolveSibling("scripts/lib/versions").toString(), "-Dit.test=LifeIT"));
        return Program.run(Await.LONG, command);
    }

    private String asked() throws IOException {
        Path asked = temporary.resolve("bin/asked");
        return Files.exists(asked) ? Files.readString(asked) : "";
    }

    @Test
    void theOtherVersionIsRunToo() throws IOException {
        String said = versions("PGXL_PREFIX=" + temporary.resolve("ten")).orFail().text();
        assertTrue(said.contains("  run on Postgres-XL 10, in " + temporary.resolve("ten") + ": above\n"), said);
        assertTrue(said.endsWith("  run on Postgres-XL 9.5, in " + temporary.resolve("old")), said);
        assertTrue(asked().startsWith(temporary.resolve("old") + " -B -ntp verify -Dit.test=LifeIT -Dtest=none"), asked());
        assertEquals(1, asked().lines().count());
        assertTrue(versions("PGXL_PREFIX=" + temporary.resolve("old")).orFail().text().contains("run on Postgres-XL 9.5, in "
                + temporary.resolve("old") + ": above"));
        assertTrue(asked().startsWith(temporary.resolve("ten") + " "), asked());
    }

    @Test
    void itsFailureIsAFailure() throws IOException {
        Program.Result result = versions("PGXL_PREFIX=" + temporary.resolve("ten"), "MVN=1");
        assertEquals(1, result.code());
        assertTrue(result.text().contains("run, with failures, on Postgres-XL 9.5"), result.text());
    }

    @Test
    void whatWasNotRunIsSaidWithTheReason() throws IOException {
        String none = versions("PGXL_PREFIX=" + temporary.resolve("ten"), "PGXL_PREFIX_9_5=/none").orFail().text();
        assertTrue(none.contains("not run on Postgres-XL 9.5: there is none in /none (PGXL_PREFIX_9_5)"), none);
        String stock = versions("PGXL_PREFIX=" + temporary.resolve("ten"), "PGXL_PREFIX_9_5=" + temporary.resolve("stock"))
                .orFail().text();
        assertTrue(stock.contains("not run on Postgres-XL 9.5"), "a stock PostgreSQL is none: " + stock);
        String standIn = versions("PGXL_SERVERS=stand-in").orFail().text();
        assertTrue(standIn.contains("not run on Postgres-XL 10: PGXL_SERVERS is stand-in")
                && standIn.contains("not run on Postgres-XL 9.5: PGXL_SERVERS is stand-in"), standIn);
        assertFalse(Files.exists(temporary.resolve("bin/asked")));
    }
}
