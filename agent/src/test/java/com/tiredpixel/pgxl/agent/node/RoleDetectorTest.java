package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
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
        assertEquals(slave, node.slave());
        assertEquals(proven, node.placeProven());
        assertEquals(arguments.isEmpty() ? List.of() : List.of(arguments), node.restartArguments());
        assertEquals(OptionalInt.of(5432), node.port());
        assertFalse(node.because().isEmpty());
    }

    @Test
    void aProxyIsKnownByItsConfiguration() throws IOException {
        Finding.Node node = node(examine(Samples.makeProxy(home.resolve("p"))));

        assertEquals(Role.GTM_PROXY, node.role());
        assertFalse(node.slave());
        assertEquals(OptionalInt.of(6667), node.port());
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

    // ---- what is not a node ----

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

    // ---- where a relative path was given ----

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

    // ---- evidence that does not agree ----

    @ParameterizedTest
    @CsvSource({"coordinator, datanode", "datanode, coordinator"})
    void optionsAgainstCommentIsAContradiction(String sample, String other) throws IOException {
        Path directory = Samples.make(sample, home.resolve("x"));
        Samples.write(directory, "postmaster.opts",
                PROGRAM + " \"--" + other + "\" \"-D\" \"" + directory + "\"\n");

        Finding.Contradiction found = contradiction(examine(directory));
        assertTrue(found.roleSettlesIt());
        assertTrue(found.wayOut().contains("PGXL_ROLE"), found.wayOut());
        assertTrue(found.because().contains("postmaster.opts says --" + other), found.because());
        assertTrue(found.because().contains("postgresql.conf has pgxc_ctl's comment for a " + sample), found.because());
    }

    @ParameterizedTest
    @EnumSource(names = {"COORDINATOR", "DATANODE"})
    void theOperatorSettlesAContradiction(Role role) throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("x"));
        Samples.append(directory, "postgresql.conf", "# Added to all the datanode postgresql.conf\n");

        contradiction(examine(directory));
        Finding.Node node = node(RoleDetector.examine(directory, Optional.of(role)));
        assertEquals(role, node.role());
        assertTrue(node.because().startsWith("PGXL_ROLE says"), node.because());
    }

    @Test
    void theOperatorCannotMakeAPostmasterOfGtm() throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("x"));
        Samples.append(directory, "postgresql.conf", "# Added to all the datanode postgresql.conf\n");

        Finding.Contradiction found = contradiction(RoleDetector.examine(directory, Optional.of(Role.GTM)));
        assertTrue(found.wayOut().contains("does not fit"), found.wayOut());
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void theOperatorsWordDoesNotTouchADirectoryThatIsClear(Role role) throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("x"));

        assertEquals(Role.COORDINATOR, node(RoleDetector.examine(directory, Optional.of(role))).role());
    }

    @Test
    void aNameThatSaysOtherwiseIsOutvoted() throws IOException {
        Finding.Node node = node(examine(Samples.make("coordinator", home.resolve("datacenter1"))));

        assertEquals(Role.COORDINATOR, node.role());
        assertTrue(node.because().contains("datacenter1 sounds like a datanode"), node.because());
    }

    @Test
    void aModeThatIsNotSaidIsLeftToTheCommentAndThenToTheName() throws IOException {
        Path commented = silent("datanode", "coord1");
        Path named = silent("datanode", "coord2");
        Files.delete(named.resolve("postgresql.conf"));
        Path mute = silent("datanode", "x");
        Files.delete(mute.resolve("postgresql.conf"));

        assertEquals(Role.DATANODE, node(examine(commented)).role());
        assertEquals(Role.COORDINATOR, node(examine(named)).role());
        Finding.Contradiction found = contradiction(examine(mute));
        assertTrue(found.roleSettlesIt());
        assertEquals(Role.DATANODE, node(RoleDetector.examine(mute, Optional.of(Role.DATANODE))).role());
    }

    @Test
    void theFilesOfTwoKindsSideBySideAreAContradiction() throws IOException {
        Path both = Samples.make("gtm-master", home.resolve("both"));
        Samples.makeProxy(both);
        Path three = Samples.make("coordinator", home.resolve("three"));
        Samples.make("gtm-master", three);

        Finding.Contradiction found = contradiction(examine(both));
        assertTrue(found.what().contains("gtm.conf, gtm_proxy.conf"), found.what());
        assertTrue(contradiction(examine(three)).what().contains("gtm.conf, global/pg_control"));
        assertEquals(Role.GTM_PROXY, node(RoleDetector.examine(both, Optional.of(Role.GTM_PROXY))).role());
        contradiction(RoleDetector.examine(both, Optional.of(Role.DATANODE)));
        contradiction(RoleDetector.examine(three, Optional.of(Role.DATANODE)));
        assertEquals(Role.COORDINATOR, node(RoleDetector.examine(three, Optional.of(Role.COORDINATOR))).role());
    }

    @Test
    void oneFileFromHereAndOneFromElsewhereAreAContradictionThatNoRoleSettles() throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("coord"));
        Samples.write(directory, "postmaster.pid", Samples.text("coordinator", "postmaster.pid"));

        Finding.Contradiction found = contradiction(RoleDetector.examine(directory, Optional.of(Role.COORDINATOR)));
        assertFalse(found.roleSettlesIt());
        assertTrue(found.what().contains("postmaster.pid names /var/lib/postgres/data/coord"), found.what());
    }

    // ---- hostile and broken files ----

    @ParameterizedTest
    @ValueSource(strings = {"postmaster.opts", "postmaster.pid"})
    void aFifoInPlaceOfAFileIsSaidAndNotWaitedFor(String file) throws IOException {
        Path directory = Samples.make("coordinator", home.resolve("coord"));
        Files.delete(directory.resolve(file));
        Samples.fifo(directory.resolve(file));

        Finding.Contradiction found =
                assertTimeoutPreemptively(Duration.ofSeconds(30), () -> contradiction(examine(directory)));
        assertTrue(found.what().contains(file + " is a special file"), found.what());
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

    private Path silent(String sample, String name) throws IOException {
        Path directory = Samples.make(sample, home.resolve(name));
        Samples.write(directory, "postmaster.opts", PROGRAM + " \"-D\" \"" + directory + "\"\n");
        return directory;
    }

    private static Finding examine(Path directory) {
        return RoleDetector.examine(directory, Optional.empty());
    }

    private static Finding.Node node(Finding finding) {
        return assertInstanceOf(Finding.Node.class, finding, finding.toString());
    }

    private static Finding.NotANode notANode(Finding finding) {
        return assertInstanceOf(Finding.NotANode.class, finding, finding.toString());
    }

    private static Finding.Contradiction contradiction(Finding finding) {
        return assertInstanceOf(Finding.Contradiction.class, finding, finding.toString());
    }
}
