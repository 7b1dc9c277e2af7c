package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketDirectoriesTest {
    private static final Path TMP = Path.of("/tmp");

    @TempDir
    Path directory;

    @Test
    void withoutAnyConfigurationThereIsTheStandardOne() {
        assertEquals(Set.of(TMP), found(new PidFile.Absent()));
    }

    @Test
    void thoseOfTheFilesOfTheCommandLineAndOfThePidFileAreAllThere() throws Exception {
        Files.writeString(directory.resolve("postgresql.conf"), "unix_socket_directories = '/never'\n");
        Files.writeString(directory.resolve("postgresql.auto.conf"), "unix_socket_directories = '/run/a, /run/b'\n");
        Files.writeString(directory.resolve("postmaster.opts"),
                "/x/postgres \"--datanode\" \"-k\" \"/run/c\" \"-c\" \"unix_socket_directories=/run/d,relative\""
                        + " \"--unix-socket-directories=/run/e\"\n");
        PidFile pidFile = PidFile.parsePostmaster("57\n/x\n1\n5432\n/run/f\n");
        assertEquals(
                Set.of(TMP, Path.of("/run/a"), Path.of("/run/b"), Path.of("/run/c"), Path.of("/run/d"),
                        directory.resolve("relative"), Path.of("/run/e"), Path.of("/run/f")),
                found(pidFile));
    }

    @Test
    void aValueThatIsNoPathOrNamesVeryManyIsBounded() throws Exception {
        Files.writeString(directory.resolve("postgresql.conf"),
                "unix_socket_directories = '" + "/a/x,/b\\0,".repeat(4000) + "'\n");
        assertEquals(Set.of(TMP, Path.of("/a/x")), found(new PidFile.Absent()));
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            many.append("/d").append(i).append(',');
        }
        Files.writeString(directory.resolve("postgresql.conf"), "unix_socket_directories = '" + many + "'\n");
        assertEquals(65, found(new PidFile.Absent()).size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "/a|/a", "/a,/b|/a;/b", "' /a , /b '|/a;/b", "\"/a,b\"|/a,b", "\"/a \"\"x\"\"\" , /b|/a \"x\";/b", "''|", ",,|",
        "/a b|/a b", "\"/a|/a"
    })
    void aListIsSplitAsTheServerSplitsIt(String value, String names) {
        assertEquals(names == null ? List.of() : List.of(names.split(";")), SocketDirectories.split(value));
    }

    private Set<Path> found(PidFile pidFile) {
        return SocketDirectories.of(directory, pidFile);
    }
}
