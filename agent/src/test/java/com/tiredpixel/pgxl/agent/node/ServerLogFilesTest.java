package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.log.LogFollower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What databases may write does not choose what is printed. A superuser writes any file of the server's user by
 * {@code COPY}, and sets {@code log_directory} by {@code ALTER SYSTEM}.
 */
class ServerLogFilesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PASSWORD = "*:*:*:postgres:S3cretOfTheCluster";

    @TempDir
    Path temporary;

    private final List<String> printed = new CopyOnWriteArrayList<>();
    private final List<String> said = new CopyOnWriteArrayList<>();
    private Path home;
    private Path directory;
    private Path process;
    private Path pgpass;

    @BeforeEach
    void aNodeAndItsSecrets() throws IOException {
        home = Files.createDirectory(temporary.toRealPath().resolve("home"));
        directory = Samples.make("datanode", home.resolve("data/d1"));
        pgpass = write(home.resolve(".ssh/pgpass"), PASSWORD);
        process = Files.createDirectories(temporary.toRealPath().resolve("proc/7/fd")).getParent();
        new LogFollower(
                (subject, text, cut) -> printed.add(text), (level, subject, text) -> said.add(text), MonotonicClock.system())
                .follow("datanode data/d1", new ServerLogFiles(
                        directory, Program.POSTGRES, process, List.of(home.resolve(".ssh"), home.resolve(".pgxl"))));
    }

    /** {@code copy (select 'stderr /var/lib/postgres/.ssh/pgpass') to '…/current_logfiles'}. */
    @Test
    void aListOfLogFilesThatNamesAPasswordFilePrintsNothingOfIt() throws IOException {
        names(pgpass.toString());
        assertRefused(pgpass + " is none of its logs");
    }

    @Test
    void noOtherNameOfASecretPrintsIt() throws IOException {
        names("../../.ssh/pgpass");
        assertRefused("is none of its logs");
        Files.createDirectories(directory.resolve("log"));
        Files.createSymbolicLink(directory.resolve("log/a.log"), Path.of("../../../.ssh/pgpass"));
        names("log/a.log");
        assertRefused("log/a.log: " + pgpass + " is none of its logs");
        Files.createLink(directory.resolve("log/b.log"), pgpass);
        names("log/b.log");
        assertRefused("log/b.log: it has more than one name");
        names("/proc/self/environ");
        assertRefused("/proc/self/environ");
    }

    @Test
    void aLogDirectoryThatWasSetToThatOfTheKeysIsNone() throws IOException {
        Path key = write(home.resolve(".ssh/id.log"), "the key");
        alterSystem(home.resolve(".ssh").toString());
        names(key.toString());
        assertRefused(key + " is none of its logs");
    }

    @Test
    void nothingOfTheAgentsOwnIsPrinted() throws IOException {
        Path token = write(home.resolve(".pgxl/token.log"), "the token");
        alterSystem(home.resolve(".pgxl").toString());
        names(token.toString());
        assertRefused(token + " is none of its logs");
    }

    @Test
    void aFileOfTheDataDirectoryThatIsNoLogIsNotPrinted() throws IOException {
        write(directory.resolve("recovery.conf"), "primary_conninfo = 'password=hidden'");
        names("recovery.conf");
        assertRefused("does not end in .log or .csv");
    }

    @Test
    void aFileOfElsewhereIsNotPrintedWhateverItIsCalled() throws IOException {
        Path other = write(home.resolve("other.log"), "of somebody else");
        names(other.toString());
        assertRefused(other + " is neither in the data directory nor in log_directory");
    }

    @Test
    void aFileOfAnotherUserIsNotPrinted() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give a file away");
        Path other = write(directory.resolve("log/postgresql.log"), "of nobody");
        Files.setAttribute(other, "unix:uid", 65534);
        names("log/postgresql.log");
        assertRefused("it belongs to uid 65534, the data directory to uid 0");
    }

    @Test
    void logsAreFollowedInTheDataDirectoryAndInLogDirectoryWhereverThatIs() throws IOException {
        Path inside = write(directory.resolve("pg_log/postgresql-1.log"), "one");
        names("pg_log/postgresql-1.log");
        await(() -> printed.contains("one"));
        Path outside = write(temporary.toRealPath().resolve("var/log/postgresql-2.csv"), "two");
        Files.createSymbolicLink(home.resolve("logs"), outside.getParent());
        alterSystem(home.resolve("logs").toString());
        names(outside.toString());
        await(() -> printed.contains("two"));
        names(home.resolve("logs/postgresql-3.log").toString());
        write(outside.resolveSibling("postgresql-3.log"), "three");
        await(() -> printed.contains("three"));
        assertEquals(List.of(), said);
        assertTrue(Files.exists(inside));
    }

    /** Its collector writes no list of its files. */
    @Test
    void ofNinePointFiveTheFileThatIsWrittenLastIsFollowed() throws IOException {
        Files.writeString(directory.resolve("PG_VERSION"), "9.5\n");
        Files.deleteIfExists(directory.resolve("current_logfiles"));
        append(directory.resolve("postgresql.conf"), "logging_collector = on\nlog_directory = 'logs'\n");
        Path first = write(directory.resolve("logs/postgresql-1.log"), "one\n");
        await(() -> printed.contains("one"));
        Path second = write(directory.resolve("logs/postgresql-2.log"), "two\n");
        Files.setLastModifiedTime(second, later(Files.getLastModifiedTime(first)));
        await(() -> printed.contains("two"));
        write(directory.resolve("logs/README"), "no log\n");
        append(first, "one again\n");
        Files.setLastModifiedTime(first, later(Files.getLastModifiedTime(second)));
        await(() -> printed.contains("one again"));
        assertEquals(List.of(), said);
        assertTrue(printed.stream().noneMatch(line -> line.contains("no log")));
    }

    private static java.nio.file.attribute.FileTime later(java.nio.file.attribute.FileTime time) {
        return java.nio.file.attribute.FileTime.fromMillis(time.toMillis() + 5_000);
    }

    @Test
    void whatDescriptorTwoLeadsToIsFollowedIfTheServerWritesIt() throws IOException {
        Path log = write(home.resolve("logfile"), "old\n");
        standardError(log, "0100001");
        append(log, "new\n");
        await(() -> printed.contains("new"));
        assertEquals(List.of(), said);
    }

    @Test
    void whatDescriptorTwoOnlyReadsIsNoLog() throws IOException {
        standardError(write(home.resolve("readable"), "not for the log\n"), "0100000");
        assertRefused("the server has it open for reading only");
    }

    @Test
    void descriptorTwoLeadsToNoSecretEither() throws IOException {
        standardError(pgpass, "0102002");
        assertRefused(pgpass + " is none of its logs");
    }

    private void names(String file) throws IOException {
        said.clear();
        Files.writeString(directory.resolve("current_logfiles"), "stderr " + file + "\n");
    }

    private void alterSystem(String logDirectory) throws IOException {
        Samples.write(directory, "postgresql.auto.conf", "log_directory = '" + logDirectory + "'\n");
    }

    private void standardError(Path target, String flags) throws IOException {
        write(process.resolve("fdinfo/2"), "pos:\t0\nflags:\t" + flags + "\nmnt_id:\t21\n");
        Files.createSymbolicLink(process.resolve("fd/2"), target);
    }

    private void assertRefused(String phrase) {
        await(() -> said.stream().anyMatch(line -> line.contains(phrase)));
        assertEquals(1, said.size(), said::toString);
        assertEquals(List.of(), printed);
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text + "\n");
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    private void await(BooleanSupplier condition) {
        Duration end = MonotonicClock.system().now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            assertTrue(MonotonicClock.system().now().compareTo(end) < 0, () -> "printed " + printed + ", said " + said);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
