package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileContentTest {
    @TempDir
    Path directory;

    @Test
    void readsAFileAndALinkToOne() throws IOException {
        Files.writeString(directory.resolve("file"), "text\n");
        Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));

        assertEquals(new FileContent.Content("text\n", true), read("file", 100));
        assertEquals(new FileContent.Content("text\n", true), read("link", 100));
    }

    @Test
    void readsNoMoreThanTheLimitAndSaysSo() throws IOException {
        Files.writeString(directory.resolve("file"), "12345");

        assertEquals(new FileContent.Content("1234", false), read("file", 4));
        assertEquals(new FileContent.Content("12345", true), read("file", 5));
    }

    @Test
    void takesBytesThatAreNoUtf8() throws IOException {
        Files.write(directory.resolve("file"), new byte[] {'a', (byte) 0xff, 'b'});

        assertEquals(new FileContent.Content("a\ufffdb", true), read("file", 100));
    }

    @Test
    void tellsAFileThatIsNotThereFromOneThatCannotBeRead() throws IOException {
        Files.createSymbolicLink(directory.resolve("dangling"), Path.of("nothing"));

        assertEquals(new FileContent.Absent(), read("nothing", 100));
        assertUnreadable("dangling", "symbolic link to nothing");
    }

    @Test
    void neverWaitsForTheOtherEndOfAFifo() throws IOException {
        Samples.fifo(directory.resolve("fifo"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("fifo"));

        assertUnreadable("fifo", "is a FIFO");
        assertUnreadable("link", "is a FIFO");
    }

    @Test
    void opensNoDeviceAndNoDirectory() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("zero"), Path.of("/dev/zero"));
        Files.createDirectory(directory.resolve("directory"));

        assertUnreadable("zero", "is a character device");
        assertUnreadable("directory", "directory");
        Files.delete(link); // or JUnit, clearing up, warns of it
    }

    @Test
    void survivesALoopOfLinks() throws IOException {
        Files.createSymbolicLink(directory.resolve("a"), Path.of("b"));
        Files.createSymbolicLink(directory.resolve("b"), Path.of("a"));

        assertUnreadable("a", "cannot be read");
    }

    @Test
    void saysThatAFileIsForbidden() throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), "x");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "root reads everything");

        assertUnreadable("secret", "cannot be read");
    }

    private FileContent read(String name, int limit) {
        return assertTimeoutPreemptively(
                Duration.ofSeconds(30), () -> FileContent.read(directory.resolve(name), limit));
    }

    private void assertUnreadable(String name, String reason) {
        FileContent content = read(name, 100);
        String text = assertInstanceOf(FileContent.Unreadable.class, content).reason();
        assertTrue(text.contains(reason), text);
        assertTrue(text.contains(directory.resolve(name).toString()), text);
        assertFalse(text.contains("null"), text);
    }
}
