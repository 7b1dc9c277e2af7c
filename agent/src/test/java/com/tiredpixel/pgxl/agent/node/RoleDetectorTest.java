package com.tiredpixel.pgxl.agent.node;

import static com.tiredpixel.pgxl.agent.node.Findings.examine;
import static com.tiredpixel.pgxl.agent.node.Findings.node;
import static com.tiredpixel.pgxl.agent.node.Findings.notANode;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoleDetectorTest {
    private static final String PROGRAM = "/usr/local/lib/postgres/bin/postgres";

    @TempDir
    Path temporary;

    private Path home;

    @BeforeEach
    void resolveHome() throws IOException {
        home = temporary.toRealPath();
    }

    @ParameterizedTest
    @CsvSource({
        "gtm-master, GTM, false, true, ''",
        "gtm-slave, GTM, true, true, ''",
        "coordinator, COORDINATOR, false, true, ''",
        "coordinator-slave, COORDINATOR, true, true, ''",
        "datanode, DATANODE, false, true, -i",
        "datanode-promoted, DATANODE, false, true, -i"
    })
    void aDirectoryOfPostgresXlIsWhatItWas(
            String sample, Role role, boolean slave, boolean proven, String arguments) throws IOException {
        // A name that says nothing, so that it is not the name that decides.
        Finding.Node node = node(examine(Samples.make(sample, home.resolve("x"))));

        assertEquals(role, node.role());
        assertEquals(slave, node.facts().slave());
        assertEquals(proven, node.placeProven());
        assertEquals(arguments.isEmpty() ? List.of() : List.of(arguments), node.facts().restartArguments());
        assertEquals(OptionalInt.of(5432), node.facts().port());
        assertFalse(node.because().isEmpty());
    }

    @Test
    void aProxyIsKnownByItsConfiguration() throws IOException {
        Finding.Node node = node(examine(Samples.makeProxy(home.resolve("p"))));

        assertEquals(Role.GTM_PROXY, node.role());
        assertFalse(node.facts().slave());
        assertEquals(OptionalInt.of(6667), node.facts().port());
    }

    @ParameterizedTest
    @ValueSource(strings = {"coordinator", "datanode", "datanode-promoted", "gtm-master", "gtm-slave"})
    void aNodeThatWasStoppedIsStillANode(String sample) throws IOException {
        Path directory = Samples.make(sample, home.resolve("x"));
        Files.deleteIfExists(directory.resolve("postmaster.pid"));
        Files.deleteIfExists(directory.resolve("gtm.pid"));

        Finding.Node node = node(examine(directory));
        assertEquals(!sample.equals("datanode-promoted"), node.placeProven(), "pg_ctl restart names no directory");
    }

    @ParameterizedTest
    @CsvSource({"coordinator, postmaster.opts", "datanode, postmaster.opts", "gtm-master, gtm.opts"})
    void whatWasNeverStartedIsNotANode(String sample, String options) throws IOException {
        Path directory = Samples.make(sample, home.resolve("coord"));
        Files.delete(directory.resolve(options));

        assertTrue(notANode(examine(directory)).reason().contains("never started"));
    }

    @Test
    void aBaseBackupIsNotANode() throws IOException {
        Path directory = Samples.make("datanode", home.resolve("data"));
        Files.delete(directory.resolve("postmaster.opts"));
        Files.delete(directory.resolve("postmaster.pid"));
        Samples.write(directory, "backup_label", "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\n");

        assertTrue(notANode(examine(directory)).reason().contains("base backup"));
    }

    /** A restore by tar or by a backup tool brings {@code postmaster.opts} back, with this very path in it. */
    @Test
    void aBackupThatIsRestoredInPlaceIsNotANodeUntilSomebodyStartsIt() throws IOException {
        Path directory = Samples.make("datanode", home.resolve("data"));
        Files.delete(directory.resolve("postmaster.pid"));
        Samples.write(directory, "backup_label", "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\n");

        String reason = notANode(examine(directory)).reason();
        assertTrue(reason.contains("being restored") && reason.contains("start the node once by hand"), reason);

        Files.move(directory.resolve("backup_label"), directory.resolve("backup_label.old"));
        node(examine(directory));
    }

    @Test
    void aBackupWithARecoveryConfIsASlave() throws IOException {
        Path directory = Samples.make("coordinator-slave", home.resolve("coord"));
        Files.deleteIfExists(directory.resolve("postmaster.pid"));
        Samples.write(directory, "backup_label", "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\n");

        assertTrue(node(examine(directory)).facts().slave());
    }

    /** Its container died in the middle of {@code pg_start_backup}: its pid file says that it was no restore. */
    @Test
    void aMasterThatWasKilledInAnExclusiveBackupIsStillANode() throws IOException {
        Path directory = Samples.make("datanode", home.resolve("data"));
        Samples.write(directory, "backup_label", "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\n");

        node(examine(directory));
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "pg_wal"})
    void aDirectoryThatIsHalfRestoredIsNotANode(String missing) throws IOException {
        Path directory = Samples.make("datanode", home.resolve("data"));
        Files.delete(directory.resolve(missing));

        assertTrue(notANode(examine(directory)).reason().contains("no " + missing + ": its restore is not finished"));
    }

    @Test
    void aLinkToADiskForItsWalThatIsNotMountedMakesItNoLessANode() throws IOException {
        Path directory = Samples.make("datanode", home.resolve("data"));
        Files.delete(directory.resolve("pg_wal"));
        Files.createSymbolicLink(directory.resolve("pg_wal"), home.resolve("not/mounted"));

        node(examine(directory));
    }

    @ParameterizedTest
    @ValueSource(strings = {"coordinator", "datanode", "datanode-promoted", "gtm-master"})
    void aCopyOfARunningNodeIsNotANode(String sample) throws IOException {
        Path original = Samples.make(sample, home.resolve("data"));
        Path copy = Samples.copyAll(original, home.resolve("backup/data"));

        String reason = notANode(examine(copy)).reason();
        assertTrue(reason.contains("copy of " + original), reason);
        node(examine(original));
    }

    @ParameterizedTest
    @ValueSource(strings = {"coordinator", "gtm-slave"})
    void aCopyOfAStoppedNodeWhoseOriginalIsGoneIsNotANodeAndSaysHowToMakeItOne(String sample) throws IOException {
        Path directory = Samples.make(sample, home.resolve("old"));
        Files.deleteIfExists(directory.resolve("postmaster.pid"));
        Files.deleteIfExists(directory.resolve("gtm.pid"));
        Path moved = Files.move(directory, home.resolve("new"));

        String reason = notANode(examine(moved)).reason();
        assertTrue(reason.contains("start the node once by hand"), reason);
        assertTrue(reason.contains("_ctl start -Z "), reason);
    }

    @Test
    void aHalfMadeNodeInRestoreModeIsNotANode() throws IOException {
        Path directory = Samples.make("datanode", home.resolve("data"));
        Samples.write(directory, "postmaster.opts",
                PROGRAM + " \"--restoremode\" \"-D\" \"" + directory + "\" \"-i\" \"-b\"\n");

        assertTrue(notANode(examine(directory)).reason().contains("restore mode"));
    }

    @Test
    void aDirectoryWhoseMakingWasNotFinishedIsNotANode() throws IOException {
        Path directory = Samples.make("datanode", home.resolve("data"));
        Files.delete(directory.resolve("global/pg_control"));
        Path gtm = Samples.make("gtm-master", home.resolve("gtm"));
        Files.delete(gtm.resolve("gtm.control"));
        Path unconfigured = Samples.make("gtm-master", home.resolve("gtm2"));
        Files.delete(unconfigured.resolve("gtm.conf"));

        assertTrue(notANode(examine(directory)).reason().contains("pg_control"));
        assertTrue(notANode(examine(gtm)).reason().contains("gtm.control"));
        assertTrue(notANode(examine(unconfigured)).reason().contains("gtm.conf"));
    }

    @Test
    void gtmFindsItsControlFileUnderItsTemporaryNameToo() throws IOException {
        Path directory = Samples.make("gtm-master", home.resolve("gtm"));
        Files.move(directory.resolve("gtm.control"), directory.resolve("gtm.control.tmp"));

        node(examine(directory));
    }

    @Test
    void anEmptyDirectoryAndAFileAreNotNodes() throws IOException {
        notANode(examine(home));
        notANode(examine(Files.createFile(home.resolve("file"))));
        notANode(examine(home.resolve("nothing")));
    }

    @ParameterizedTest
    @CsvSource({
        "data/gtm, data/gtm, true", "gtm, data/gtm, true", "./data/gtm/, data/gtm, true", "., data/gtm, true",
        "../data/gtm, data/gtm, true", "data/gtm, data/gtm2, false", "data/gtm, backup/gtm, false"
    })
    void aRelativePathMustEndLikeTheDirectory(String said, String place, boolean isNode) throws IOException {
        Path directory = Samples.make("gtm-master", home.resolve(place));
        Files.delete(directory.resolve("gtm.pid"));
        Samples.write(directory, "gtm.opts", " \"-D\" \"" + said + "\"\n");

        Finding finding = examine(directory);
        assertEquals(isNode, finding instanceof Finding.Node, finding.toString());
        if (isNode) {
            assertFalse(node(finding).placeProven());
        }
    }

    @Test
    void thePidFileProvesAPlaceThatARelativePathLeavesOpen() throws IOException {
        Path directory = Samples.make("gtm-master", home.resolve("data/gtm"));
        Samples.write(directory, "gtm.opts", " \"-D\" \"current\"\n");

        assertTrue(node(examine(directory)).placeProven());
    }

    @Test
    void aPathThroughALinkLeadsToTheSamePlace() throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("disk/coord"));
        Files.createSymbolicLink(home.resolve("data"), Path.of("disk"));
        Samples.write(directory, "postmaster.opts",
                PROGRAM + " \"--coordinator\" \"-D\" \"" + home.resolve("data/coord") + "\"\n");

        assertTrue(node(examine(directory)).placeProven());
    }
}
