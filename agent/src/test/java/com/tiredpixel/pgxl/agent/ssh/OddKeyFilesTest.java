package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.os.OddFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Something else lies in the place of {@code authorized_keys} or of a host key. */
class OddKeyFilesTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path temporary;

    @BeforeAll
    static void install() {
        Ed25519.install();
    }

    @ParameterizedTest
    @EnumSource(OddFile.class)
    void authorizedKeysThatAreNoFileAreNamedAndNotWaitedFor(OddFile kind) throws IOException {
        Path home = temporary.toRealPath();
        var settings = TestSettings.of(System.getProperty("user.name"), home, home.resolve(".pgxl"), 0);
        var file = new AuthorizedKeysFile(settings);
        Path path = Files.createDirectory(home.resolve(".ssh")).resolve("authorized_keys");
        kind.inThePlaceOf(path, () -> {
            for (int i = 0; i < 1000; i++) {
                try {
                    assertTimeoutPreemptively(SOON, file::read);
                    assertEquals("", kind.said());
                } catch (Exception said) {
                    assertTrue(said.getMessage().contains(path.toString()), said.getMessage());
                    assertTrue(said.getMessage().contains(kind.said()), said.getMessage());
                }
                if (kind != OddFile.EXCHANGED_WITH_A_FIFO) {
                    return;
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource(OddFile.class)
    void aHostKeyThatIsNoFileIsSaidAndTheOthersAreUsed(OddFile kind) throws IOException {
        Path home = temporary.toRealPath();
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        Path key = Files.createDirectories(home.resolve("ssh")).resolve("ssh_host_ecdsa_key");
        var keys = new HostKeys(home.resolve("ssh"), List.of("ed25519", "ecdsa"), (level, subject, text) -> log.add(level + " " + text));
        kind.inThePlaceOf(key, () -> assertTimeoutPreemptively(SOON, () -> keys.prepare(step -> { })));
        var types = new ArrayList<String>();
        keys.getKeyTypes(null).forEach(types::add);
        assertEquals(List.of("ssh-ed25519"), types, log::toString);
        assertTrue(log.stream().anyMatch(line ->
                line.startsWith("ERROR") && line.contains(key.toString()) && line.contains(kind.said())), log::toString);
    }

    @ParameterizedTest
    @EnumSource(OddFile.class)
    void inThePlaceOfTheDirectoryOfHostKeysKeysAreMadeForThisTimeOnly(OddFile kind) throws IOException {
        Path home = temporary.toRealPath();
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        var keys = new HostKeys(home.resolve("ssh"), List.of("ed25519"), (level, subject, text) -> log.add(level + " " + text));
        kind.inThePlaceOf(home.resolve("ssh"), () ->
                assertTimeoutPreemptively(SOON, () -> keys.prepare(step -> { })));
        assertEquals(1, keys.loadKeys(null).size(), log::toString);
        assertThrows(IndexOutOfBoundsException.class, () -> keys.loadKeys(null).get(1));
    }
}
