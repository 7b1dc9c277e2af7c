package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.log.LogFollower;
import com.tiredpixel.pgxl.agent.os.OddFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each file of a node, each thing that may lie in its place: nobody waits, it is said, and the next node is found. */
class OddFilesTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String DIRECTORY = "data/odd";

    /** Those that are read, by what makes the node; of the others only the name matters. */
    private static final Map<String, List<String>> READ = Map.of(
            "gtm-master", List.of("gtm.conf", "gtm.opts", "gtm.pid"),
            "proxy", List.of("gtm_proxy.conf", "gtm_proxy.opts", "gtm_proxy.pid"),
            "coordinator", List.of(
                    "postmaster.opts", "postmaster.pid", "postgresql.conf", "postgresql.auto.conf", "global/pg_control"));
    private static final Map<String, List<String>> NAMED = Map.of(
            "gtm-master", List.of("gtm.control"),
            "coordinator", List.of("PG_VERSION", "recovery.conf", "standby.signal", "backup_label"));

    @TempDir
    Path temporary;

    private Path home;
    private Path directory;

    @BeforeEach
    void aVolumeWithAGoodNode() throws IOException {
        home = temporary.toRealPath();
        directory = home.resolve(DIRECTORY);
        Samples.make("datanode", home.resolve("data/good"));
    }

    @ParameterizedTest
    @MethodSource
    void isSaidOfEachFileThatIsRead(String sample, String file, OddFile kind) throws IOException {
        make(sample);
        kind.inThePlaceOf(directory.resolve(file), () -> {
            VolumeScan scan = assertTimeoutPreemptively(SOON, this::scan);
            Finding finding = scan.findings().stream()
                    .filter(found -> found.directory().equals(directory)).findFirst().orElseThrow();
            String said = finding instanceof Finding.Contradiction contradiction
                    ? contradiction.what()
                    : finding.because();
            String name = file.substring(file.lastIndexOf('/') + 1);
            assertTrue(said.contains(name) && said.contains(kind.said()), said);
            assertGoodNode(scan);
        });
    }

    static Stream<Arguments> isSaidOfEachFileThatIsRead() {
        return READ.entrySet().stream().flatMap(sample -> sample.getValue().stream()
                .flatMap(file -> OddFile.unlikeAFile().stream()
                        .map(kind -> Arguments.of(sample.getKey(), file, kind))));
    }

    @ParameterizedTest
    @MethodSource
    void isNotWaitedFor(String sample, String file, OddFile kind) throws IOException {
        make(sample);
        kind.inThePlaceOf(directory.resolve(file), () -> {
            assertTimeoutPreemptively(SOON, () -> {
                for (int i = 0; i < (kind == OddFile.EXCHANGED_WITH_A_FIFO ? 200 : 2); i++) {
                    assertGoodNode(scan());
                    ControlFile.state(directory);
                    PostgresConfiguration.read(directory);
                }
            });
        });
    }

    static Stream<Arguments> isNotWaitedFor() {
        return Stream.concat(READ.entrySet().stream(), NAMED.entrySet().stream())
                .flatMap(sample -> sample.getValue().stream().flatMap(file -> Stream.of(OddFile.values())
                        .map(kind -> Arguments.of(sample.getKey(), file, kind))));
    }

    @ParameterizedTest
    @EnumSource(OddFile.class)
    void inThePlaceOfADirectoryItIsNone(OddFile kind) throws IOException {
        kind.inThePlaceOf(directory, () -> {
            assertGoodNode(assertTimeoutPreemptively(SOON, this::scan));
            assertEquals(List.of(), assertTimeoutPreemptively(SOON, () -> SocketLock.in(directory, any -> true)));
        });
    }

    @ParameterizedTest
    @EnumSource(OddFile.class)
    void asTheLockOfASocketItIsSaidBesideOthers(OddFile kind) throws IOException {
        Path sockets = Files.createDirectory(home.resolve("tmp"));
        Files.writeString(sockets.resolve(".s.PGSQL.5433.lock"), "77\n/data\n1\n5433\n/tmp\n");
        Path lock = sockets.resolve(".s.PGSQL.5432.lock");
        kind.inThePlaceOf(lock, () -> {
            List<SocketLock> locks = assertTimeoutPreemptively(SOON, () -> SocketLock.in(sockets, any -> true));
            assertEquals(List.of(5432, 5433), locks.stream().map(SocketLock::port).toList());
            assertInstanceOf(PidFile.Postmaster.class, locks.get(1).owner());
            if (!kind.said().isEmpty()) {
                String reason = assertInstanceOf(PidFile.Unreadable.class, locks.get(0).owner()).reason();
                assertTrue(reason.contains(lock.toString()), reason);
                // A link is somebody else's work, wherever it leads.
                boolean link = kind == OddFile.DEVICE || kind == OddFile.LOOP;
                assertTrue(reason.contains(link ? "a symbolic link" : kind.said()), reason);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(OddFile.class)
    void asTheListOfLogFilesAndAsALogItIsSaidAndTheRestGoesOn(OddFile kind) throws IOException {
        make("coordinator");
        Files.createDirectory(directory.resolve("log"));
        Path list = directory.resolve("current_logfiles");
        Path log = directory.resolve("log/postgresql.log");
        List<String> printed = new CopyOnWriteArrayList<>();
        List<String> said = new CopyOnWriteArrayList<>();
        var follower = new LogFollower(
                (subject, text, cut) -> printed.add(text), (level, subject, text) -> said.add(text), MonotonicClock.system());
        follower.follow("odd", new ServerLogFiles(directory, Program.POSTGRES, 0, List.of()));
        kind.inThePlaceOf(list, () -> {
            await(said, kind, list);
        });
        deleteAll(list);
        Files.writeString(list, "stderr log/postgresql.log\n");
        kind.inThePlaceOf(log, () -> {
            await(said, kind, log);
        });
        deleteAll(log);
        Path rotated = Files.writeString(directory.resolve("log/next.log"), "");
        Files.writeString(list, "stderr log/next.log\n");
        Files.writeString(rotated, "the rest\n", StandardOpenOption.APPEND);
        Duration end = MonotonicClock.system().now().plus(SOON);
        while (!printed.contains("the rest")) {
            assertTrue(MonotonicClock.system().now().compareTo(end) < 0, said::toString);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static void await(List<String> said, OddFile kind, Path file) {
        Duration end = MonotonicClock.system().now().plus(kind.said().isEmpty() ? Duration.ofMillis(300) : SOON);
        while (said.stream().noneMatch(line -> line.contains(file.toString()) && line.contains(kind.said()))) {
            if (MonotonicClock.system().now().compareTo(end) > 0) {
                assertTrue(kind.said().isEmpty(), said::toString);
                return;
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static void deleteAll(Path path) throws IOException {
        Files.deleteIfExists(path);
        Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".other"));
    }

    private void make(String sample) throws IOException {
        if (sample.equals("proxy")) {
            Samples.makeProxy(directory);
        } else {
            Samples.make(sample, directory);
        }
    }

    private VolumeScan scan() {
        return VolumeScan.scan(home, 4, VolumeScan.ENTRIES_BOUND, Optional.empty());
    }

    private void assertGoodNode(VolumeScan scan) {
        assertFalse(scan.findings().isEmpty());
        assertTrue(scan.findings().stream().anyMatch(found ->
                found.directory().equals(home.resolve("data/good")) && found instanceof Finding.Node), scan::toString);
    }
}
