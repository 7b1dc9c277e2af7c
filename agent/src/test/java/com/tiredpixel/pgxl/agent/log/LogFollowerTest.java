package com.tiredpixel.pgxl.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Log files that grow, rotate, shrink, vanish and were there before. */
class LogFollowerTest {
    @TempDir
    Path directory;

    private final List<String> printed = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private volatile List<Path> current = List.of();
    private LogFollower follower;
    private Path file;

    @BeforeEach
    void aFollower() {
        file = directory.resolve("postgresql.log");
        follower = new LogFollower(
                (subject, text, cut) -> printed.add(text),
                (level, subject, message) -> complaints.add(message),
                MonotonicClock.system());
    }

    @Test
    void whatWasThereBeforeIsPassedOverAndWhatComesIsPrinted() throws IOException {
        append("old\n");
        follow(file);
        append("new\n");
        awaitPrinted("new");
        assertEquals(List.of("new"), printed);
    }

    @Test
    void aFileThatAppearsLaterIsPrintedFromItsBeginning() throws IOException {
        follow(file);
        append("first\nsecond\n");
        awaitPrinted("second");
        assertEquals(List.of("first", "second"), printed);
    }

    @Test
    void anOldFileThatBecomesCurrentLaterIsPrintedFromWhereItEndedAtFirst() throws IOException {
        append("last week\n");
        follow();
        append("today\n");
        current = List.of(file);
        awaitPrinted("today");
        assertEquals(List.of("today"), printed);
    }

    /** As GTM, which opens its old log over the pipe that it was started with. */
    @Test
    void anOldFileThatALinkOfProcLeadsToLaterIsPrintedFromWhereItEndedAtFirst() throws Exception {
        append("last week\n");
        follow();
        append("today\n");
        Process server = new ProcessBuilder("sleep", "60")
                .redirectError(ProcessBuilder.Redirect.appendTo(file.toFile())).start();
        try {
            current = List.of(Path.of("/proc/" + server.pid() + "/fd/2"));
            awaitPrinted("today");
            assertEquals(List.of("today"), printed);
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void rotationLosesNoLine() throws IOException {
        follow(file);
        append("one\n");
        awaitPrinted("one");
        append("two\n");
        Files.move(file, directory.resolve("postgresql.log.1"));
        append("three\n");
        awaitPrinted("three");
        assertEquals(List.of("one", "two", "three"), printed);
    }

    @Test
    void theNextFileIsReadAfterTheRestOfTheOneBefore() throws IOException {
        follow(file);
        append("one\n");
        awaitPrinted("one");
        append("two\n");
        Path next = Files.writeString(directory.resolve("next.log"), "three\n");
        current = List.of(next);
        awaitPrinted("three");
        assertEquals(List.of("one", "two", "three"), printed);
    }

    /** As of a postmaster that was killed in the middle of a line. */
    @Test
    void theNextFileBeginsALineOfItsOwnWhereTheOneBeforeEndedWithoutALineBreak() throws IOException {
        follow(file);
        append("one\nhalf");
        awaitPrinted("one");
        current = List.of(Files.writeString(directory.resolve("next.log"), "three\n"));
        awaitPrinted("three");
        assertEquals(List.of("one", "half", "three"), printed);
    }

    @Test
    void truncationStartsOver() throws IOException {
        follow(file);
        append("a rather long first line\n");
        awaitPrinted("a rather long first line");
        Files.writeString(file, "short\n", StandardOpenOption.TRUNCATE_EXISTING);
        awaitPrinted("short");
    }

    @Test
    void aMissingFileIsNoFailure() throws IOException {
        follow(directory.resolve("nothing"), file);
        append("still here\n");
        awaitPrinted("still here");
    }

    @Test
    void whatIsNoFileOrNoLogIsSaidOnceAndTheRestGoesOn() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "*:*:*:postgres:hidden\n");
        follow(directory, secret, file);
        append("still here\n");
        await(() -> printed.contains("still here"));
        append("and here\n");
        await(() -> printed.contains("and here"));
        assertEquals(List.of("still here", "and here"), printed);
        assertEquals(List.of(
                "does not follow its log " + directory + ": it is a directory instead of a regular file",
                "does not follow its log " + secret + ": it is a secret"), complaints);
    }

    @Test
    void aLogThatIsExchangedForSomethingElseForAWhileIsPrintedOnceAndWhole() throws IOException {
        follow(file);
        append("one\n");
        awaitPrinted("one");
        Path aside = Files.move(file, directory.resolve("aside"));
        Files.createDirectory(file);
        await(() -> complaints.size() == 1);
        Files.delete(file);
        Files.move(aside, file);
        append("two\n");
        await(() -> printed.contains("two"));
        assertEquals(List.of("one", "two"), printed);
    }

    @Test
    void theLogOfOneServerIsPrintedWhileThatOfAnotherDoesNotAnswer() throws IOException {
        var answer = new java.util.concurrent.CountDownLatch(1);
        Path slow = Files.writeString(directory.resolve("slow.log"), "");
        ServerLogs.Following silent = follower.follow("silent", new ServerLogs.Files() {
            private boolean first = true;

            @Override
            public List<Path> current(Consumer<String> problem) {
                if (!first) {
                    try {
                        assertTrue(answer.await(60, TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
                first = false;
                return List.of(slow);
            }

            @Override
            public List<Path> directories() {
                return List.of();
            }

            @Override
            public Optional<String> objection(Path path, OpenFile file) {
                return Optional.empty();
            }
        });
        follow(file);
        append("still here\n");
        awaitPrinted("still here");
        silent.end();
        Files.writeString(slow, "the last of the silent\n");
        assertTrue(!follower.finish(Duration.ofMillis(500)), "it has not answered yet");
        answer.countDown();
        assertTrue(follower.finish(Duration.ofSeconds(20)));
        assertTrue(printed.contains("the last of the silent"), printed::toString);
    }

    @Test
    void whatIsLeftAtTheEndIsPrintedEvenWithoutALineBreak() throws IOException {
        ServerLogs.Following following = follow(file);
        append("FATAL:  cannot go on\nthe last word");
        following.end();
        assertTrue(follower.finish(Duration.ofSeconds(20)));
        assertEquals(List.of("FATAL:  cannot go on", "the last word"), printed);
        assertEquals(printed, following.tail());
    }

    @Test
    void aFloodIsBoundedAndCounted() throws IOException {
        follow(file);
        append("x\n".repeat(100_000));
        append("last\n");
        await(() -> printed.stream().anyMatch(line -> line.contains("lines left out")));
        assertTrue(printed.size() < 20_000, printed.size() + " lines");
    }

    @Test
    void whatFailsWithOneServersFilesKeepsNobodyElsesFromBeingReadAndIsTriedAgain() throws IOException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicInteger looks = new AtomicInteger();
        Path poor = directory.resolve("poor.log");
        ServerLogs.Following following = follower.follow("gtm data/gtm", new ServerLogs.Files() {
            @Override
            public List<Path> current(Consumer<String> problem) {
                looks.incrementAndGet();
                if (failure.get() instanceof Error error) {
                    throw error;
                }
                return List.of(poor);
            }

            @Override
            public List<Path> directories() {
                return List.of();
            }

            @Override
            public Optional<String> objection(Path path, OpenFile file) {
                return Optional.empty();
            }
        });
        follow(file);
        for (Error error : List.of(
                new OutOfMemoryError("as a test says"), new StackOverflowError(), new NoClassDefFoundError("x"))) {
            failure.set(error);
            Files.writeString(file, "beside " + error + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            await(() -> printed.contains("beside " + error));
        }
        failure.set(new OutOfMemoryError("as a test says"));
        Files.writeString(poor, "its last word\n");
        following.end();
        int before = looks.get();
        await(() -> looks.get() >= before + 2);
        failure.set(null);
        await(() -> printed.contains("its last word"));
        assertTrue(complaints.get(0).contains("failed reading the logs of servers: java.lang.OutOfMemoryError"),
                complaints::toString);
    }

    private ServerLogs.Following follow(Path... files) {
        current = List.of(files);
        return follower.follow("coordinator data/coord", new ServerLogs.Files() {
            @Override
            public List<Path> current(Consumer<String> problem) {
                return current;
            }

            @Override
            public Optional<String> objection(Path path, OpenFile file) {
                return path.getFileName().toString().startsWith("secret") ? Optional.of("it is a secret") : Optional.empty();
            }

            @Override
            public List<Path> directories() {
                return List.of(directory);
            }
        });
    }

    private void append(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void awaitPrinted(String line) {
        await(() -> printed.contains(line));
        assertEquals(List.of(), complaints);
    }

    private void await(java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, () -> printed.size() + " lines printed, complaints: " + complaints);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
