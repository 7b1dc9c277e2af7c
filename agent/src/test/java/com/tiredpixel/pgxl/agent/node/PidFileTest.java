package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PidFileTest {
    private static final String WHOLE = Samples.text("coordinator", "postmaster.pid");

    @TempDir
    Path directory;

    @Test
    void aPostmastersFileHasEightLines() {
        assertEquals(
                new PidFile.Postmaster(
                        248,
                        "/var/lib/postgres/data/coord",
                        OptionalInt.of(5432),
                        Optional.of("/tmp"),
                        Optional.of("*"),
                        PidFile.Status.READY),
                PidFile.parsePostmaster(WHOLE));
    }

    @Test
    void theFilesOfGtmAndItsProxyNameProcessAndDirectory() {
        assertEquals(
                new PidFile.Gtm(127, "/var/lib/postgres/data/gtm"),
                PidFile.parseGtm(Samples.text("gtm-master", "gtm.pid")));
        assertEquals(
                new PidFile.Gtm(337, "/var/lib/postgres/data/gtm"),
                PidFile.parseGtm(Samples.text("gtm-slave", "gtm.pid")));
        assertEquals(
                new PidFile.Gtm(77, "/data/proxy"), PidFile.parseGtm("77\n/data/proxy\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "starting, STARTING", "stopping, STOPPING", "ready   , READY", "standby , STANDBY", "'', UNSAID",
        "readily, UNSAID"
    })
    void theStatusIsOneOfFourWords(String word, PidFile.Status status) {
        PidFile file = PidFile.parsePostmaster(WHOLE.replace("ready   ", word));

        assertEquals(status, assertInstanceOf(PidFile.Postmaster.class, file).status());
    }

    @Test
    void beforeTenAPostmastersFileHasSevenLinesAndNoStatus() {
        assertEquals(
                new PidFile.Postmaster(
                        2714,
                        "/var/lib/postgres/data/dn1",
                        OptionalInt.of(15432),
                        Optional.of("/tmp"),
                        Optional.of("*"),
                        PidFile.Status.UNSAID),
                PidFile.parsePostmaster(Samples.text("datanode-9.5", "postmaster.pid")));
    }

    @Test
    void aFileThatIsStillBeingWrittenHasItsFirstLinesAtLeast() {
        PidFile file = PidFile.parsePostmaster("248\n/data/coord\n1795367634\n5432\n\n");

        PidFile.Postmaster postmaster = assertInstanceOf(PidFile.Postmaster.class, file);
        assertEquals(Optional.empty(), postmaster.socketDirectory());
        assertEquals(PidFile.Status.UNSAID, postmaster.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "\n", "x", "0", "1", "-248", "4194305", "99999999999999999999", "2147483648", "12x", " 12", "+12", "0x10"
    })
    void aFirstLineThatIsNoPidOfAServerIsMalformed(String first) {
        String text = WHOLE.replaceFirst("248", first);

        PidFile.Malformed malformed = assertInstanceOf(PidFile.Malformed.class, PidFile.parsePostmaster(text));
        assertTrue(malformed.why().length() > 5);
        assertInstanceOf(PidFile.Malformed.class, PidFile.parseGtm(first + "\n/data/gtm\n1\n"));
    }

    @Test
    void theHighestPidOfLinuxIsStillOne() {
        assertInstanceOf(
                PidFile.Postmaster.class, PidFile.parsePostmaster(WHOLE.replaceFirst("248", "4194304")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"248", "248\n", "248\n/data", "248\n/data\n", "248\n/data\n17\n", "248\n/data\n17\n54"})
    void aFileThatIsCutShortIsMalformed(String text) {
        PidFile.Malformed malformed = assertInstanceOf(PidFile.Malformed.class, PidFile.parsePostmaster(text));
        assertEquals("it is cut short", malformed.why());
    }

    @ParameterizedTest
    @ValueSource(strings = {"data/coord", "", "\0"})
    void aDirectoryThatIsNotAbsoluteIsMalformed(String path) {
        assertInstanceOf(PidFile.Malformed.class, PidFile.parseGtm("77\n" + path + "\n1\n"));
    }

    @Test
    void aHugeFileIsReadInPartAndShownInPart() throws IOException {
        Files.writeString(directory.resolve("postmaster.pid"), "9".repeat(1_000_000));

        PidFile.Malformed malformed =
                assertInstanceOf(PidFile.Malformed.class, PidFile.read(directory, Program.POSTGRES));
        assertEquals(200, malformed.text().length());
    }

    @Test
    void eachRoleHasItsOwnFile() throws IOException {
        assertEquals(new PidFile.Absent(), PidFile.read(directory, Program.GTM_PROXY));
        Files.writeString(directory.resolve("gtm_proxy.pid"), "77\n/data/proxy\n");
        Files.createDirectory(directory.resolve("gtm.pid"));

        assertInstanceOf(PidFile.Gtm.class, PidFile.read(directory, Program.GTM_PROXY));
        assertInstanceOf(PidFile.Unreadable.class, PidFile.read(directory, Program.GTM));
    }
}
