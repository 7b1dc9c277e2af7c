package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
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

/** {@code image/init.sh} by itself, in a home directory of a mount namespace: what it writes, and when it refuses. */
class ControlFilesIT {

    @TempDir
    Path temporary;
    private Path home;
    private String homeThere;

    @BeforeEach
    void makeHome() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: a mount namespace");
        home = Files.createDirectory(temporary.resolve("home"));
        give(home);
        Files.copy(Places.IMAGE.resolve("init.sh"), temporary.resolve("init.sh"));
        for (Path path : List.of(temporary, temporary.resolve("init.sh"))) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        homeThere = Program.run(Await.LONG, List.of("getent", "passwd", "postgres")).orFail().text().split(":")[5];
    }

    /** To the host's own user: there is no sandbox here. */
    private static void give(Path directory) {
        Program.run(Await.LONG, List.of("chown", "postgres:", directory.toString())).orFail();
    }

    private Program.Result init(String... environment) {
        var command = new ArrayList<>(List.of("unshare", "-m", "env", "PGXL_HOME=" + homeThere));
        command.addAll(List.of(environment));
        command.addAll(List.of("bash", "-euc", "mount --bind \"$0\" " + homeThere + "; exec \"$1\" 10.0.1.0/24",
                home.toString(), temporary.resolve("init.sh").toString()));
        return Program.run(Await.LONG, command);
    }

    private String portOfSsh() {
        return Program.run(Await.LONG, List.of("ssh", "-G", "-F", home.resolve(".ssh/config").toString(), "data-1"))
                .orFail().text().lines().filter(line -> line.startsWith("port ")).findFirst().orElseThrow();
    }

    /** pgxc_ctl and archive_command know no port of their own. */
    @Test
    void clientsGoToThePortOnWhichTheNodesListen() {
        init("PGXL_SSH_PORT=2222").orFail();
        assertEquals("port 2222", portOfSsh());
        assertFalse(init("PGXL_SSH_PORT=2222").orFail().text().contains("NOTE"), "nothing to say the second time");
        assertTrue(init("PGXL_SSH_PORT=2200").orFail().text().contains("does not lead to port 2200 (PGXL_SSH_PORT)"));
        assertEquals("port 2222", portOfSsh(), "what is there stays");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PGXL_SSH_PORT=22", "PGXL_SSH_PORT=", "PGXL_SSH_PORT=tcp://10.96.0.7:2222", "OTHER="})
    void andTo22Otherwise(String setting) {
        init(setting).orFail();
        assertEquals("port 22", portOfSsh());
    }

    /** By /etc/passwd ssh and pgxc_ctl find their files: keys elsewhere would be found by nobody. */
    @Test
    void anotherHomeThanThatOfTheUserIsRefusedAndNothingIsWritten() throws IOException {
        Path other = Files.createDirectory(temporary.resolve("data"));
        give(other);
        Program.Result result = init("PGXL_HOME=" + other);
        assertEquals(1, result.code(), result.toString());
        String said = result.text() + result.error();
        assertTrue(said.contains("PGXL_HOME is " + other) && said.contains(homeThere) && said.contains("POSTGRES_HOME"), said);
        for (Path directory : List.of(home, other)) {
            try (var entries = Files.list(directory)) {
                assertEquals(List.of(), entries.toList());
            }
        }
    }

    /** Which knows no SCRAM; a pg_hba.conf that asks for it lets nobody in, and no server starts. */
    @ParameterizedTest
    @CsvSource({"9.5.12 (Postgres-XL 9.5r1.6), md5, false", "10.9 (Postgres-XL 10r1.1), scram-sha-256, true"})
    void newNodesAskForThePasswordAsTheirVersionCan(String version, String method, boolean limits) throws IOException {
        Path bin = Files.createDirectory(temporary.resolve("bin"));
        Path postgres = Files.writeString(bin.resolve("postgres"), "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n");
        for (Path path : List.of(bin, postgres)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        init("PATH=" + bin + ":/usr/bin:/bin").orFail();
        for (String kind : List.of("coord", "datanode")) {
            assertEquals(List.of("host all all 10.0.1.0/24 " + method, "host replication postgres 10.0.1.0/24 " + method),
                    Files.readAllLines(home.resolve("pgxc_ctl/" + kind + "ExtraPgHba")).stream()
                            .filter(line -> line.startsWith("host")).toList());
            assertEquals(limits, Files.readString(home.resolve("pgxc_ctl/" + kind + "ExtraConfig")).contains("gtm_comm_timeout"));
        }
    }

    @Test
    void aUserWhoIsNotThereIsNamed() {
        Program.Result result = init("PGXL_USER=nobody-of-that-name");
        assertTrue(result.code() != 0 && (result.text() + result.error()).contains("nobody-of-that-name"), result.toString());
    }
}
