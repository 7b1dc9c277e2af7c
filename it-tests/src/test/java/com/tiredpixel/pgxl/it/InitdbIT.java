package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code image/initdb}: which password a new node gets, and that none is made without one by mistake. */
class InitdbIT {

    @TempDir
    Path temporary;
    private Path passwords;

    @BeforeEach
    void placeItBeforeOneThatTells() throws IOException {
        Files.copy(Places.IMAGE.resolve("initdb"), temporary.resolve("initdb"));
        Files.writeString(temporary.resolve("initdb-xl"), "#!/bin/bash\necho \"arguments: $*\"\n[ ! -e /dev/fd/3 ] || cat <&3\n");
        for (String program : List.of("initdb", "initdb-xl")) {
            Files.setPosixFilePermissions(temporary.resolve(program), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        passwords = Files.createFile(temporary.resolve("pgpass"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private Program.Result initdb(String file, String... arguments) {
        var command = new ArrayList<>(List.of("env", "-u", "PGPORT", "PGPASSFILE=" + file, "LC_ALL=C.UTF-8",
                temporary.resolve("initdb").toString(), "--nodename", "x", "-U", "postgres"));
        command.addAll(List.of(arguments));
        return Program.run(Await.LONG, command);
    }

    private void assertPassword(String expected, String content, String... arguments) throws IOException {
        Files.writeString(passwords, content);
        Program.Result result = initdb(passwords.toString(), arguments);
        List<String> lines = result.orFail().text().lines().toList();
        assertTrue(lines.get(0).startsWith("arguments: --auth-host=scram-sha-256 --auth-local=peer --pwfile=/dev/fd/3 --nodename x"),
                content + ": " + result);
        assertEquals(List.of(expected), lines.subList(1, lines.size()), content);
    }

    private static void assertRefused(Program.Result result, String reason) {
        assertNotEquals(0, result.code(), result.toString());
        assertEquals("", result.text());
        assertTrue(result.error().startsWith("initdb: ") && result.error().contains(reason), result.toString());
    }

    @Test
    void theLastLineNeedsNoEnd() throws IOException {
        assertPassword("pw", "*:*:*:postgres:pw");
        assertPassword("pw", "*:*:*:postgres:pw\n");
        assertPassword("pw", "*:*:*:postgres:pw\r\n");
        assertPassword("pw", "\n*:*:*:other:no\n*:*:*:postgres:pw");
    }

    /** Each value as libpq reads the line. */
    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "p:w p", "p\\:w p:w", "p\\\\w p\\w", "p\\:w\\\\d p:w\\d", "p\\w pw", "pw\\ pw\\", "'#' '#'", "'a b' 'a b'", "\u00e9\ue000 \u00e9\ue000",
        "'*' '*'", "'$(id)' '$(id)'", "-n -n"
    })
    void aPasswordIsReadAsLibpqReadsIt(String written, String meant) throws IOException {
        assertPassword(meant, "*:*:*:postgres:" + written + "\n");
        assertPassword(meant, "*:*:*:postgres:" + written);
    }

    @Test
    void theFirstLineThatFitsCounts() throws IOException {
        String host = Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.UTF_8).strip();
        assertPassword("first", "*:*:*:postgres:first\n*:*:*:postgres:second\n");
        assertPassword("any", "*:*:*:*:any\n*:*:*:postgres:second\n");
        assertPassword("own", "elsewhere:*:*:postgres:no\n" + host + ":*:*:postgres:own\n*:*:*:postgres:second\n");
        assertPassword("second", "\\*:*:*:postgres:no\n*x:*:*:postgres:no\n*:*:*:postgre:no\n*:*:*:postgresx:no\n*:*:*:postgres:second");
        assertPassword("port", "*:6432:*:postgres:other\n*:5432:*:postgres:port\n*:*:*:postgres:any\n");
        assertPassword("database", "*:*:other:postgres:no\n*:*:postgres:postgres:database\n");
        assertPassword("other", "*:6432:*:postgres:other\n");
        assertPassword("his", "*:*:*:postgres:no\n*:*:*:admin:his\n", "-U", "admin");
        assertPassword("his", "*:*:*:postgres:no\n*:*:*:admin:his\n", "-Uadmin");
        assertPassword("his", "*:*:*:postgres:no\n*:*:*:admin:his\n", "--username=admin");
        assertPassword("his", "*:*:*:postgres:no\n*:*:*:admin:his\n", "--username", "admin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "*:*:*:other:pw\n", "elsewhere:*:*:postgres:pw\n", "*:*:*:postgres", "*:*:*:postgres:\n", "postgres:pw\n",
        "# *:*:*:postgres:pw\n", "*\n"})
    void aPasswordFileWithoutAPasswordIsAnErrorAndNotTrust(String content) throws IOException {
        Files.writeString(passwords, content);
        assertRefused(initdb(passwords.toString()), passwords.toString());
    }

    @Test
    void soIsOneThatIsNotThereOrThatLibpqWouldIgnore() throws IOException {
        assertRefused(initdb(temporary.resolve("none").toString()), "there is no password file");
        assertRefused(initdb(temporary.toString()), "there is no password file");
        Files.writeString(passwords, "*:*:*:postgres:pw\n");
        for (String mode : List.of("rw-r-----", "rw----r--", "rwxrwxrwx")) {
            Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString(mode));
            assertRefused(initdb(passwords.toString()), "chmod 600");
        }
        Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("r--------"));
        assertEquals("pw", initdb(passwords.toString()).orFail().text().lines().toList().get(1));
    }

    /** initdb reads 99 bytes of a file, and says nothing of the rest. */
    @Test
    void aPasswordThatInitdbWouldCutIsAnError() throws IOException {
        assertPassword("x".repeat(99), "*:*:*:postgres:" + "x".repeat(99) + "\n");
        Files.writeString(passwords, "*:*:*:postgres:" + "x".repeat(100) + "\n");
        assertRefused(initdb(passwords.toString()), "99 bytes");
    }

    @Test
    void whereTrustWasChosenOrNoFileIsSetNoPasswordIsGiven() throws IOException {
        assertEquals("arguments: --nodename x -U postgres", initdb("").orFail().text());
        Files.createFile(temporary.resolve("trust"));
        assertEquals("arguments: --nodename x -U postgres", initdb(temporary.resolve("none").toString()).orFail().text());
        assertRefused(initdb(passwords.toString()), "has no password");
    }

    /** Which knows no SCRAM, and would fail. */
    @Test
    void ofPostgresXl95ItIsAskedForByMd5() throws IOException {
        Files.writeString(temporary.resolve("initdb-xl"), "#!/bin/bash\ncase $1 in --version) echo 'initdb (PostgreSQL) 9.5.12"
                + " (Postgres-XL 9.5r1.6)' ;; *) echo \"arguments: $*\" ;; esac\n");
        Files.writeString(passwords, "*:*:*:postgres:pw\n");
        assertEquals("arguments: --auth-host=md5 --auth-local=peer --pwfile=/dev/fd/3 --nodename x -U postgres",
                initdb(passwords.toString()).orFail().text());
    }

    @Test
    void toSayItsVersionItNeedsNoPassword() {
        for (String option : List.of("--version", "-V", "--help", "-?")) {
            Program.Result result = Program.run(Await.LONG, List.of("env", "PGPASSFILE=/none",
                    temporary.resolve("initdb").toString(), option));
            assertEquals("arguments: " + option, result.orFail().text());
        }
    }
}
