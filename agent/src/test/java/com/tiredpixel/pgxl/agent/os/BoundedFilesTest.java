package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever lies under a name, to read it comes to an end soon and takes no more than was said. */
class BoundedFilesTest {
    private static final Libc LIBC = Libc.load();
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final BoundedFiles files = BoundedFiles.system();

    @Test
    void aFileIsReadWholeOrToTheLimit() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "12345");

        assertEquals("12345", text(read(file, 5)));
        FileRead.TooLong part = assertInstanceOf(FileRead.TooLong.class, read(file, 4));
        assertEquals("1234", new String(part.beginning()));
        assertEquals(5, part.status().size());
    }

    @Test
    void aFileOfAnyLengthComesOutAsItIs() throws IOException {
        for (int length : new int[] {0, 1, 4095, 4096, 4097, 16_384, 16_385, 100_000}) {
            byte[] bytes = new byte[length];
            new java.util.Random(length).nextBytes(bytes);
            Path file = Files.write(directory.resolve("file"), bytes);
            assertArrayEquals(bytes, assertInstanceOf(FileRead.Content.class, read(file, 100_000)).bytes());
            assertArrayEquals(bytes, assertInstanceOf(FileRead.Content.class, read(file, Math.max(1, length))).bytes());
        }
    }

    @Test
    void eachKindOfThingIsNamedAndNoneIsWaitedFor() throws IOException {
        Path fifo = directory.resolve("fifo");
        fifo(fifo);
        assertEquals(new FileRead.NotRegular("a FIFO"), read(fifo, 100));
        assertEquals(new FileRead.NotRegular("a directory"), read(directory, 100));
        assertEquals(new FileRead.NotRegular("a character device"), read(link("zero", "/dev/zero"), 100));
        assertEquals(new FileRead.NotRegular("a symbolic link to nothing"), read(link("dangling", "nothing"), 100));
        assertEquals(new FileRead.Absent(), read(directory.resolve("none"), 100));
        link("a", "b");
        assertEquals(new FileRead.Unreadable("ELOOP (too many levels of symbolic links)"), read(link("b", "a"), 100));
        assertEquals(
                new FileRead.Unreadable("ENOTDIR (not a directory)"),
                read(Files.writeString(directory.resolve("x"), "").resolve("y"), 100));
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
            assertEquals(new FileRead.NotRegular("a socket"), read(directory.resolve("socket"), 100));
        }
        assertEquals(
                new FileRead.NotRegular("a symbolic link"), files.readUnlinked(directory.resolve("zero"), 100));
        Files.delete(directory.resolve("zero")); // or JUnit, clearing up, warns of it
    }

    @Test
    void theKernelsLogUnderALinkIsNotWaitedFor() throws IOException {
        Path link = link("kmsg", "/proc/kmsg");
        FileRead read = read(link, 100);
        Files.delete(link);
        assertTrue(!(read instanceof FileRead.Absent), () -> "there is something: " + read);
    }

    @Test
    void aSparseFileOfATerabyteCostsNoMoreThanTheLimit() throws IOException {
        Path file = directory.resolve("sparse");
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        assertEquals(1000, assertInstanceOf(FileRead.TooLong.class, read(file, 1000)).beginning().length);
    }

    /** As log files do, and as {@code yes >file} does. */
    @Test
    void aFileThatGrowsWhileItIsReadIsReadToTheLimit() throws Exception {
        Path file = Files.writeString(directory.resolve("grows"), "x");
        var growing = new BoundedFiles(FaultyLibc.with(LIBC, "pread", arguments -> {
            append(file, "x".repeat(8192));
            return LIBC.pread(
                    (Integer) arguments[0], (java.nio.ByteBuffer) arguments[1], (Long) arguments[2], (Long) arguments[3]);
        }));
        FileRead read = assertTimeoutPreemptively(SOON, () -> growing.read(file, 100_000));
        assertEquals(100_000, assertInstanceOf(FileRead.TooLong.class, read).beginning().length);
    }

    @Test
    void aFileAndAFifoThatChangePlacesAreOneOrTheOther() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "text");
        Path fifo = directory.resolve("fifo");
        fifo(fifo);
        Set<String> seen = new HashSet<>();
        try (var exchange = new Exchange(file, fifo)) {
            assertTimeoutPreemptively(SOON, () -> {
                for (int i = 0; i < 20_000 || exchange.count() < 1000; i++) {
                    FileRead read = files.read(file, 100);
                    seen.add(read instanceof FileRead.Content all ? new String(all.bytes()) : read.problem("it"));
                }
            });
        }
        assertEquals(Set.of("text", "it is a FIFO instead of a regular file"), seen);
    }

    /** Opening it would wait for the holder to give it back, up to 45 s ({@code lease-break-time}). */
    @Test
    void aFileUnderALeaseIsNotWaitedFor() throws IOException {
        Path file = Files.writeString(directory.resolve("leased"), "text");
        int setSignal = 10;
        int harmless = 28;
        int setLease = 1024;
        int forWriting = 1;
        int holder = LIBC.open(NativeStrings.terminated(NativeStrings.path(file)), Libc.O_RDWR | Libc.O_CLOEXEC);
        try {
            assertEquals(0, LIBC.fcntl(holder, setSignal, harmless));
            assertEquals(0, LIBC.fcntl(holder, setLease, forWriting), "no leases on this file system");
            assertEquals(new FileRead.Unreadable("EAGAIN (resource temporarily unavailable)"), read(file, 100));
        } finally {
            LIBC.close(holder);
        }
        assertEquals("text", text(read(file, 100)));
    }

    @Test
    void eachErrorOfEachCallIsTheResultAndNoDescriptorStaysOpen() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "text");
        try (var open = Files.newInputStream(file)) {
            assertTrue(isOpen(file), "else the test shows nothing: " + open);
        }
        for (Errno error : List.of(Errno.EIO, Errno.EACCES, Errno.EMFILE, Errno.ESTALE, Errno.EAGAIN, Errno.ENOMEM)) {
            for (String call : List.of("open", "fstat", "pread")) {
                var failing = new BoundedFiles(FaultyLibc.with(LIBC, call, arguments ->
                        call.equals("pread") ? (Object) (long) error.asResult() : (Object) error.asResult()));
                assertEquals(
                        Errno.describe(error.asResult()),
                        assertInstanceOf(FileRead.Unreadable.class, failing.read(file, 100), call + " " + error).error());
                assertFalse(isOpen(file), call + " " + error);
            }
        }
    }

    @Test
    void aSignalInBetweenIsNoError() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "text");
        for (String call : List.of("open", "pread")) {
            var times = new AtomicInteger();
            var interrupted = new BoundedFiles(FaultyLibc.with(LIBC, call, arguments -> {
                boolean first = times.getAndIncrement() == 0;
                if (call.equals("open")) {
                    return first
                            ? Errno.EINTR.asResult()
                            : LIBC.open((byte[]) arguments[0], (Integer) arguments[1]);
                }
                return first ? (long) Errno.EINTR.asResult() : LIBC.pread((Integer) arguments[0],
                        (java.nio.ByteBuffer) arguments[1], (Long) arguments[2], (Long) arguments[3]);
            }));
            assertEquals("text", text(interrupted.read(file, 100)), call);
        }
    }

    @Test
    void aDirectoryIsListedToTheBoundAndWhatIsNoneIsNotWaitedFor() throws IOException {
        Path folder = Files.createDirectory(directory.resolve("folder"));
        for (int i = 0; i < 10; i++) {
            Files.writeString(folder.resolve("file " + i), "");
        }
        List<Path> seen = new ArrayList<>();
        assertEquals(new Listing.Listed(true), list(folder, 10, seen));
        assertEquals(10, seen.size());
        assertTrue(seen.stream().allMatch(Files::exists), seen::toString);
        assertEquals(new Listing.Listed(false), list(folder, 3, seen));
        assertEquals(13, seen.size());
        Path fifo = directory.resolve("fifo");
        fifo(fifo);
        assertEquals(new Listing.NoDirectory(), list(fifo, 3, seen));
        assertEquals(new Listing.NoDirectory(), list(directory.resolve("none"), 3, seen));
        assertThrows(IOException.class, () ->
                assertTimeoutPreemptively(SOON, () -> files.syncDirectory(fifo)));
        files.syncDirectory(folder);
    }

    @Test
    void namesThatAreNoTextKeepTheirBytes() throws IOException {
        Path odd = Path.of(java.net.URI.create(directory.toUri() + "a%FF%0Ab"));
        Files.writeString(odd, "odd");
        List<Path> seen = new ArrayList<>();
        list(directory, 10, seen);
        assertEquals(List.of(odd), seen);
        assertEquals("odd", text(read(seen.get(0), 10)));
    }

    @Test
    void anOpenFileKnowsWhereItLiesAndOutlivesItsName() throws IOException {
        Path file = Files.writeString(directory.toRealPath().resolve("file"), "text");
        Path link = link("link", "file");
        try (OpenFile open = assertInstanceOf(OpenFile.Attempt.Opened.class, files.open(link)).file()) {
            assertEquals(file, open.path());
            Files.delete(file);
            assertEquals(file + " (deleted)", open.path().toString());
            byte[] bytes = new byte[10];
            assertEquals(2, open.read(bytes, 2));
            assertEquals("xt", new String(bytes, 0, 2));
            assertEquals(0, open.read(bytes, 4));
        }
    }

    @Test
    void aNewFileIsWrittenWhereNothingIsAndNowhereElse() throws IOException {
        Path fifo = directory.resolve("fifo");
        fifo(fifo);
        Path elsewhere = directory.resolve("elsewhere");
        Path dangling = link("dangling", elsewhere.toString());
        for (Path taken : List.of(fifo, dangling, directory)) {
            assertThrows(IOException.class, () ->
                    assertTimeoutPreemptively(SOON, () -> NewFile.write(taken, new byte[1])), taken.toString());
        }
        assertTrue(Files.notExists(elsewhere));
        NewFile.write(elsewhere, "x".getBytes());
        assertEquals("x", Files.readString(elsewhere));
    }

    private FileRead read(Path file, int limit) {
        return assertTimeoutPreemptively(SOON, () -> files.read(file, limit));
    }

    private Listing list(Path path, int most, List<Path> seen) {
        return assertTimeoutPreemptively(SOON, () -> files.list(path, most, seen::add));
    }

    private Path link(String name, String target) throws IOException {
        return Files.createSymbolicLink(directory.resolve(name), Path.of(target));
    }

    private static void append(Path file, String text) {
        try {
            Files.writeString(file, text, java.nio.file.StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String text(FileRead read) {
        return new String(assertInstanceOf(FileRead.Content.class, read).bytes());
    }

    private static void fifo(Path path) {
        assertEquals(0, com.sun.jna.Function.getFunction("c", "mkfifo").invokeInt(new Object[] {path.toString(), 0600}));
    }

    /** Other threads of this JVM open and close what they want meanwhile. */
    private static boolean isOpen(Path file) throws IOException {
        try (var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path one : all) {
                if (Files.isSymbolicLink(one) && leadsTo(one, file)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean leadsTo(Path descriptor, Path file) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).equals(file.toRealPath());
        } catch (java.nio.file.NoSuchFileException closedMeanwhile) {
            return false;
        }
    }
}
