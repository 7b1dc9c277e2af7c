package com.tiredpixel.pgxl.agent.node;

import static com.tiredpixel.pgxl.agent.node.Findings.contradiction;
import static com.tiredpixel.pgxl.agent.node.Findings.examine;
import static com.tiredpixel.pgxl.agent.node.Findings.node;
import static com.tiredpixel.pgxl.agent.node.Findings.notANode;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are not what they should be. */
class BrokenFilesTest {
    private static final String PROGRAM = "/usr/local/lib/postgres/bin/postgres";

    @TempDir
    Path temporary;

    private Path home;

    @BeforeEach
    void resolveHome() throws IOException {
        home = temporary.toRealPath();
    }

    @ParameterizedTest
    @ValueSource(strings = {"postmaster.opts", "postmaster.pid"})
    void aFifoInPlaceOfAFileIsSaidAndNotWaitedFor(String file) throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("coord"));
        Files.delete(directory.resolve(file));
        Samples.fifo(directory.resolve(file));

        Finding.Contradiction found =
                assertTimeoutPreemptively(Duration.ofSeconds(30), () -> contradiction(examine(directory)));
        assertTrue(found.what().contains(file + " is a FIFO"), found.what());
    }

    @Test
    void aFifoInPlaceOfAConfigurationIsNotWaitedFor() throws IOException {
        Path postgres = Samples.make("coordinator", home.resolve("coord"));
        Files.delete(postgres.resolve("postgresql.conf"));
        Samples.fifo(postgres.resolve("postgresql.conf"));
        Path gtm = Samples.make("gtm-master", home.resolve("gtm"));
        Files.delete(gtm.resolve("gtm.conf"));
        Samples.fifo(gtm.resolve("gtm.conf"));

        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            assertEquals(Role.COORDINATOR, node(examine(postgres)).role());
            contradiction(examine(gtm));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "-1\n", "1\n/x\n", "248"})
    void aPidFileThatIsNoneDoesNotMakeADirectoryLessOfANode(String text) throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("coord"));
        Samples.write(directory, "postmaster.pid", text);

        assertTrue(node(examine(directory)).placeProven());
    }

    @Test
    void anOptionsFileThatAFullDiskLeftEmptyIsMadeUpForByTheComment() throws IOException {
        Path directory = Samples.make("datanode", home.resolve("x"));
        Samples.write(directory, "postmaster.opts", "");

        assertEquals(Role.DATANODE, node(examine(directory)).role());
    }

    @Test
    void anOptionsFileThatCannotBeUnderstoodIsNotGuessedAt() throws IOException {
        Path directory = Samples.make("datanode", home.resolve("data"));
        Samples.write(directory, "postmaster.opts", PROGRAM + " \"--restore");

        assertFalse(contradiction(examine(directory)).roleSettlesIt());
    }

    @Test
    void whatAFileSaysCannotForgeALineOfTheLog() throws IOException {
        Path directory = Samples.make("gtm-master", home.resolve("gtm"));
        Samples.write(directory, "gtm.opts", " \"-D\" \"/evil\npath\"\n");
        Files.delete(directory.resolve("gtm.pid"));

        assertFalse(notANode(examine(directory)).reason().contains("\n"));
    }
}
