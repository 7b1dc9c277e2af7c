package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeScanTest {
    @TempDir
    Path temporary;

    private Path home;

    @BeforeEach
    void makeHome() throws IOException {
        home = Files.createDirectory(temporary.toRealPath().resolve("home"));
    }

    @Test
    void findsNodesOfAllRolesSideBySideSortedByPath() throws IOException {
        Samples.make("datanode", home.resolve("data/data"));
        Samples.make("gtm-master", home.resolve("data/gtm"));
        Samples.makeProxy(home.resolve("data/proxy"));
        Samples.make("coordinator", home.resolve("data/coord"));

        VolumeScan scan = scan(4);
        assertEquals(List.of("data/coord", "data/data", "data/gtm", "data/proxy"), names(scan));
        assertTrue(scan.findings().stream().allMatch(Finding.Node.class::isInstance), scan.toString());
        assertEquals(List.of(), scan.notes());
    }

    @Test
    void anEmptyOrMissingVolumeHasNothingOnIt() {
        assertEquals(new VolumeScan(List.of(), List.of()), scan(4));
        VolumeScan missing = VolumeScan.scan(home.resolve("x"), 4, 100, Optional.empty());
        assertEquals(List.of(), missing.findings());
        assertTrue(missing.notes().get(0).contains("not there"));
    }

    @Test
    void homeItselfMayBeTheDataDirectory() throws IOException {
        Samples.make("coordinator", home);

        assertInstanceOf(Finding.Node.class, scan(4).findings().get(0));
    }

    @Test
    void looksAsDeepAsItIsToldAndNoDeeper() throws IOException {
        Samples.make("coordinator", home.resolve("1/2/3/4"));
        Samples.make("datanode", home.resolve("1/2/3b/4/5"));

        assertEquals(List.of("1/2/3/4"), names(scan(4)));
        assertEquals(List.of(), names(scan(3)));
    }

    @Test
    void saysWhereItStoppedForBeingTooDeepOnceAndOnlyThere() throws IOException {
        Samples.make("datanode", home.resolve("1/2/3/4/5"));
        Files.createDirectories(home.resolve("1/2/3b/4/5"));
        List<String> notes = scan(4).notes();
        assertEquals(1, notes.size(), notes.toString());
        assertTrue(notes.get(0).startsWith("PGXL_SCAN_DEPTH: folders below " + home.resolve("1/2/3")), notes.get(0));
        assertEquals(List.of(), scan(5).notes());
        assertEquals(List.of("1/2/3/4/5"), names(scan(5)));
    }

    /** {@code pgxc_ctl prepare config} proposes {@code $HOME/DATA/pgxl/nodes}, and many add a folder for each node. */
    @Test
    void theUsualDepthFindsWhatPgxcCtlProposes() throws IOException {
        Samples.make("datanode", home.resolve("DATA/pgxl/nodes/dn_master/datanode1"));
        var settings = (com.tiredpixel.pgxl.agent.config.Settings.Reading.Valid)
                com.tiredpixel.pgxl.agent.config.Settings.read(java.util.Map.of());
        assertEquals(
                List.of("DATA/pgxl/nodes/dn_master/datanode1"), names(scan(settings.settings().scanDepth())));
    }

    @Test
    void doesNotLookIntoANodeNorIntoItsOwnFiles() throws IOException {
        Path node = Samples.make("coordinator", home.resolve("coord"));
        Samples.make("datanode", node.resolve("pg_tblspc/data"));
        Samples.make("datanode", home.resolve(".pgxl/data"));
        Samples.make("datanode", home.resolve(".ssh/data"));

        assertEquals(List.of("coord"), names(scan(4)));
    }

    @Test
    void countsADirectoryOnceHoweverManyLinksLeadToIt() throws IOException {
        Samples.make("coordinator", home.resolve("disk/coord"));
        Files.createSymbolicLink(home.resolve("coord"), Path.of("disk/coord"));
        Files.createSymbolicLink(home.resolve("data"), Path.of("disk"));
        Files.createSymbolicLink(home.resolve("disk/loop"), home);
        Files.createSymbolicLink(home.resolve("self"), Path.of("self"));

        VolumeScan scan = scan(4);
        assertEquals(List.of("disk/coord"), names(scan));
        assertEquals(List.of(), scan.notes());
    }

    @Test
    void followsALinkToWhatLiesTooDeepForTheWalk() throws IOException {
        Samples.make("coordinator", home.resolve("1/2/3/4/5/coord"));
        Files.createSymbolicLink(home.resolve("coord"), Path.of("1/2/3/4/5/coord"));
        Files.createSymbolicLink(home.resolve("again"), Path.of("1/2/3/4/5/coord"));

        assertEquals(List.of("1/2/3/4/5/coord"), names(scan(4)));
    }

    @Test
    void doesNotFollowALinkOutOfHomeButSaysSo() throws IOException {
        Path outside = Samples.make("coordinator", home.resolveSibling("outside"));
        Files.createSymbolicLink(home.resolve("coord"), outside);
        Files.createSymbolicLink(home.resolve("other"), Files.createDirectory(home.resolveSibling("other")));

        VolumeScan scan = scan(4);
        assertEquals(List.of(), scan.findings());
        assertEquals(1, scan.notes().size());
        assertTrue(scan.notes().get(0).contains("leads out of"), scan.notes().get(0));
    }

    @Test
    void homeItselfMayBeALink() throws IOException {
        Samples.make("coordinator", home.resolve("coord"));
        Path link = Files.createSymbolicLink(home.resolveSibling("link"), home);

        VolumeScan scan = VolumeScan.scan(link, 4, 1000, Optional.empty());
        assertEquals(link.resolve("coord"), scan.findings().get(0).directory());
        assertInstanceOf(Finding.Node.class, scan.findings().get(0));
    }

    @Test
    void anArchiveOfWalIsNotANode() throws IOException {
        Path archive = Files.createDirectories(home.resolve("coord_arch"));
        for (int i = 1; i <= 200; i++) {
            Files.createFile(archive.resolve(String.format("0000000100000000%08X", i)));
        }
        Files.createFile(archive.resolve("00000002.history"));
        Files.createFile(archive.resolve("000000010000000000000002.00000028.backup"));

        Finding finding = scan(4).findings().get(0);
        assertTrue(assertInstanceOf(Finding.NotANode.class, finding).reason().contains("archive of WAL"));
    }

    @Test
    void aDirectoryWithTooManyEntriesIsLeftWithANote() throws IOException {
        Path full = Files.createDirectory(home.resolve("full"));
        for (int i = 0; i < 300; i++) {
            Files.createDirectory(full.resolve("d" + i));
        }
        Samples.make("coordinator", home.resolve("zz/coord"));

        VolumeScan scan = VolumeScan.scan(home, 4, 100, Optional.empty());
        assertEquals(List.of("zz/coord"), names(scan));
        assertTrue(scan.notes().get(0).contains("more than 100 entries"), scan.notes().toString());
        assertEquals(List.of(), VolumeScan.scan(home, 4, 301, Optional.empty()).notes(), "negative control");
    }

    @Test
    void aVolumeWithTooManyEntriesInAllIsLeftWithANote() throws IOException {
        for (int i = 0; i < 60; i++) {
            Files.createDirectories(home.resolve("d" + i % 6 + "/e" + i));
        }

        VolumeScan scan = VolumeScan.scan(home, 4, 10, Optional.empty());
        assertTrue(scan.notes().toString().contains("more than 50 entries in all"), scan.notes().toString());
    }

    @Test
    void aNodeAmongThousandsOfFilesIsFound() throws IOException {
        for (int i = 0; i < 3000; i++) {
            Files.createFile(home.resolve("f" + i));
        }
        Samples.make("coordinator", home.resolve("node"));

        assertEquals(List.of("node"), names(scan(4)));
    }

    @Test
    void aDirectoryThatCannotBeReadIsANoteAndNotTheEnd() throws IOException {
        Path secret = Files.createDirectory(home.resolve("secret"));
        Samples.make("coordinator", home.resolve("coord"));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(secret), "root reads everything");

        VolumeScan scan = scan(4);
        assertEquals(List.of("coord"), names(scan));
        assertTrue(scan.notes().get(0).contains("secret cannot be read"), scan.notes().toString());
    }

    @Test
    void oddNamesAreFoundAndShownOnOneLine() throws IOException {
        Samples.make("coordinator", home.resolve("a\nb\u001b[31m"));

        Finding finding = scan(4).findings().get(0);
        assertEquals("a\\nb\\x1b[31m", VolumeScan.name(home, finding.directory()));
    }

    @Test
    void theOperatorsWordIsForTheOneAmbiguousDirectory() throws IOException {
        ambiguous("x");
        Samples.make("datanode", home.resolve("data"));

        List<Finding> findings = scan(4, Role.COORDINATOR).findings();
        assertEquals(Role.DATANODE, assertInstanceOf(Finding.Node.class, findings.get(0)).role());
        assertEquals(Role.COORDINATOR, assertInstanceOf(Finding.Node.class, findings.get(1)).role());
    }

    @Test
    void theOperatorsWordIsRefusedWhereSeveralDirectoriesAreAmbiguous() throws IOException {
        Path first = ambiguous("x");
        Path second = ambiguous("y");

        for (Finding finding : scan(4, Role.COORDINATOR).findings()) {
            String remedy = assertInstanceOf(Finding.Contradiction.class, finding).remedy();
            assertTrue(remedy.contains(first.toString()) && remedy.contains(second.toString()), remedy);
        }
    }

    @Test
    void anUnusedWordOfTheOperatorIsANote() throws IOException {
        Samples.make("datanode", home.resolve("data"));

        assertTrue(scan(4, Role.COORDINATOR).notes().get(0).contains("not needed"));
    }

    @Test
    void ofTwoCopiesNeitherIsStartedUnlessOneIsProven() throws IOException {
        Path original = Samples.make("datanode-promoted", home.resolve("data"));
        Files.delete(original.resolve("postmaster.pid"));
        assertInstanceOf(Finding.Node.class, scan(4).findings().get(0), "negative control: alone it is a node");
        Samples.copyAll(original, home.resolve("copy"));

        List<Finding> findings = scan(4).findings();
        assertEquals(2, findings.size());
        for (Finding finding : findings) {
            Finding.Contradiction found = assertInstanceOf(Finding.Contradiction.class, finding);
            assertTrue(found.what().contains("may be a copy"), found.what());
            assertFalse(found.roleSettlesIt());
        }
        Samples.write(original, "postmaster.opts",
                "/bin/postgres \"--datanode\" \"-D\" \"" + original + "\"\n");
        findings = scan(4).findings();
        assertInstanceOf(Finding.Contradiction.class, findings.get(0));
        assertInstanceOf(Finding.Node.class, findings.get(1));
    }

    @Test
    void aMasterAndItsSlaveInOneContainerAreNotCopies() throws IOException {
        Path master = Samples.make("datanode-promoted", home.resolve("master"));
        Files.delete(master.resolve("postmaster.pid"));
        Path slave = Samples.copyAll(master, home.resolve("slave"));
        Samples.append(slave, "postgresql.conf", "port = 5433\n");

        assertTrue(scan(4).findings().stream().allMatch(Finding.Node.class::isInstance));
    }

    private Path ambiguous(String name) throws IOException {
        Path directory = Samples.make("coordinator", home.resolve(name));
        Samples.append(directory, "postgresql.conf", "# Added to all the datanode postgresql.conf\nport = "
                + (5000 + name.hashCode()) + "\n");
        return directory;
    }

    private VolumeScan scan(int depth, Role... override) {
        return VolumeScan.scan(
                home, depth, VolumeScan.ENTRIES_BOUND, IntStream.range(0, override.length).mapToObj(i -> override[i])
                        .findFirst());
    }

    private List<String> names(VolumeScan scan) {
        return scan.findings().stream().map(finding -> VolumeScan.name(home, finding.directory())).toList();
    }
}
