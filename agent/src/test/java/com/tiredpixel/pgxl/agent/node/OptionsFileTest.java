package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsFileTest {
    private static final String PROGRAM = "/usr/local/lib/postgres/bin/postgres";

    @Test
    void aPostmastersFileHasProgramModeDirectoryAndOptions() {
        OptionsFile.CommandLine line = postgres(Samples.text("datanode", "postmaster.opts"));

        assertEquals(Optional.of(PROGRAM), line.executable());
        assertEquals(List.of("--datanode", "-D", "/var/lib/postgres/data/data", "-i"), line.arguments());
        assertEquals(Optional.of("/var/lib/postgres/data/data"), line.dataDirectory());
        assertEquals(Set.of(Role.DATANODE), line.roles());
        assertFalse(line.isRestoreMode());
        assertEquals(List.of("-i"), line.restartArguments());
    }

    @Test
    void afterPgCtlRestartThereIsNoDirectory() {
        OptionsFile.CommandLine line = postgres(Samples.text("datanode-promoted", "postmaster.opts"));

        assertEquals(Optional.empty(), line.dataDirectory());
        assertEquals(List.of("-i"), line.restartArguments());
    }

    @Test
    void gtmLeavesItsProgramOutAndMayNameARelativeDirectory() {
        assertEquals(
                Optional.of("/var/lib/postgres/data/gtm"), gtm(Samples.text("gtm-master", "gtm.opts")).dataDirectory());
        assertEquals(Optional.of("data/gtm"), gtm(" \"-D\" \"data/gtm\"\n").dataDirectory());
        assertEquals(List.of(), gtm("\n").arguments());
    }

    @Test
    void theOptionsOfRestoreModeAreForOneStart() {
        OptionsFile.CommandLine line = postgres(PROGRAM + " \"--restoremode\" \"-D\" \"/d\" \"-i\" \"-b\"\n");

        assertTrue(line.isRestoreMode());
        assertEquals(Set.of(), line.roles());
        assertEquals(List.of("-i"), line.restartArguments());
        OptionsFile.CommandLine without = postgres(PROGRAM + " \"--datanode\" \"-b\"\n");
        assertEquals(List.of("-b"), without.restartArguments(), "without restore mode");
    }

    @Test
    void aTransactionIdGivenToGtmIsForOneStart() {
        OptionsFile.CommandLine line = gtm(" \"-x\" \"2000\" \"-D\" \"/gtm\" \"-f\" \"-l\" \"/gtm.log\"\n");

        assertEquals(List.of("-l", "/gtm.log"), line.restartArguments());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "-D /d", "-D/d", "-i -D/d", "-iD/d", "-iD /d", "-D /other -D/d", "-c data_directory=/x -D /d"
    })
    void theDirectoryIsFoundAsGetoptFindsIt(String arguments) {
        StringBuilder text = new StringBuilder(PROGRAM);
        for (String argument : arguments.split(" ")) {
            text.append(" \"").append(argument).append('"');
        }
        OptionsFile.CommandLine line = postgres(text.append('\n').toString());

        assertEquals(Optional.of("/d"), line.dataDirectory());
        assertFalse(line.restartArguments().contains("/d"), line.restartArguments().toString());
    }

    @Test
    void optionsWithValuesKeepThem() {
        OptionsFile.CommandLine line = postgres(PROGRAM
                + " \"--coordinator\" \"-c\" \"work_mem=4MB\" \"-N100\" \"--shared_buffers=1GB\" \"-p\" \"5433\"\n");

        assertEquals(
                List.of("-c", "work_mem=4MB", "-N", "100", "--shared_buffers=1GB", "-p", "5433"),
                line.restartArguments());
        assertEquals(OptionalInt.of(5433), line.port());
        assertEquals(OptionalInt.of(7), postgres(PROGRAM + " \"-c\" \"port=7\"\n").port());
        assertEquals(OptionalInt.empty(), postgres(PROGRAM + " \"-i\"\n").port());
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999", "65536", "0", "123456", "-1", "x", ""})
    void whatIsNoPortIsNoneOnTheCommandLineEither(String port) {
        assertEquals(OptionalInt.empty(), postgres(PROGRAM + " \"-p\" \"" + port + "\"\n").port());
        assertEquals(OptionalInt.of(5433), postgres(PROGRAM + " \"-p\" \"5433\" \"-p\" \"" + port + "\"\n").port());
        assertEquals(OptionalInt.of(65535), postgres(PROGRAM + " \"-p\" \"65535\"\n").port());
    }

    @Test
    void blanksAndQuotesWithinAnArgumentStay() {
        OptionsFile.CommandLine line = postgres(
                PROGRAM + " \"--datanode\" \"-c\" \"search_path=\"$user\", public\" \"-D\" \"/a directory\"\n");

        assertEquals(Optional.of("/a directory"), line.dataDirectory());
        assertEquals(List.of("-c", "search_path=\"$user\", public"), line.restartArguments());
    }

    @Test
    void theProxysOptionsAreNotTakenForAPostmasters() {
        OptionsFile parsed = OptionsFile.parse(
                Program.GTM_PROXY, " \"-D\" \"/proxy\" \"-s\" \"gtm-1\" \"-t\" \"5432\"\n");

        assertEquals(
                List.of("-s", "gtm-1", "-t", "5432"),
                assertInstanceOf(OptionsFile.CommandLine.class, parsed).restartArguments());
    }

    @Test
    void bothModesAreBothSaid() {
        assertEquals(
                Set.of(Role.COORDINATOR, Role.DATANODE),
                postgres(PROGRAM + " \"--coordinator\" \"--datanode\"\n").roles());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\n", " \"-D\" \"/d\"\n", "/bin/postgres \"-i\n", "/bin/postgres \"-i\"", "/bin/postgres \"\n", "garbage",
        "/bin/\0 \"-i\"\n", "a\"b \"-i\"\n"
    })
    void whatIsNoCommandLineOfAPostmasterIsMalformed(String text) {
        OptionsFile.Malformed malformed =
                assertInstanceOf(OptionsFile.Malformed.class, OptionsFile.parse(Program.POSTGRES, text));
        assertFalse(malformed.empty());
    }

    @Test
    void anEmptyFileIsWhatAFullDiskLeaves() {
        assertTrue(assertInstanceOf(OptionsFile.Malformed.class, OptionsFile.parse(Program.GTM, "")).empty());
    }

    private static OptionsFile.CommandLine postgres(String text) {
        return assertInstanceOf(OptionsFile.CommandLine.class, OptionsFile.parse(Program.POSTGRES, text));
    }

    private static OptionsFile.CommandLine gtm(String text) {
        return assertInstanceOf(OptionsFile.CommandLine.class, OptionsFile.parse(Program.GTM, text));
    }
}
