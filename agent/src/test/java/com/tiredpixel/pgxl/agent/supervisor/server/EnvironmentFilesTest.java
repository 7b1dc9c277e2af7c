package com.tiredpixel.pgxl.agent.supervisor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentFilesTest {
    @TempDir
    Path home;

    private Path directory;
    private EnvironmentFiles files;

    @BeforeEach
    void aNode() {
        directory = home.resolve("data/dn 1");
        files = new EnvironmentFiles(home.resolve(".pgxl/environment"), home);
    }

    @Test
    void whatIsWrittenIsReadAgainByTheNextContainer() throws IOException {
        Map<String, String> variables = Map.of(
                "A", "", "B", "x=y", "C", "two\nlines\\n\r", "D", "ü \"'$(x)", "E", "\\");
        files.write(directory, variables);
        assertEquals(variables, new EnvironmentFiles(home.resolve(".pgxl/environment"), home).read(directory));
        assertEquals(Map.of(), files.read(home.resolve("data/dn2")));
    }

    @Test
    void onlyItsOwnerCanReadIt() throws IOException {
        files.write(directory, Map.of("AWS_SECRET_ACCESS_KEY", "x"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(files.file(directory))));
        assertEquals("rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(files.file(directory).getParent())));
    }

    @Test
    void nothingToKeepLeavesNoFile() throws IOException {
        files.write(directory, Map.of("A", "b"));
        files.write(directory, Map.of());
        assertFalse(Files.exists(files.file(directory)));
        files.write(directory, Map.of("A", "b"));
        files.remove(directory);
        assertEquals(Map.of(), files.read(directory));
    }

    @Test
    void everyDirectoryHasAFileOfItsOwnHoweverLongItsName() throws IOException {
        Path one = home.resolve("x".repeat(250) + "/a");
        Path other = home.resolve("x".repeat(250) + "/b");
        assertNotEquals(files.file(one), files.file(other));
        assertNotEquals(files.file(home.resolve("a/b")), files.file(home.resolve("a_b")));
        files.write(one, Map.of("A", "b"));
        assertEquals(Map.of("A", "b"), files.read(one));
        assertTrue(files.file(home.resolve("../../etc/x").normalize()).startsWith(home.resolve(".pgxl/environment")));
    }

    @Test
    void whatCannotBeReadSaysSo() throws IOException {
        Files.createDirectories(files.file(directory));
        assertThrows(IOException.class, () -> files.read(directory));
    }
}
