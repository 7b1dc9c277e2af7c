package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostKeysTest {
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    private Path volume;

    @BeforeAll
    static void install() {
        Ed25519.install();
    }

    private List<String> offered = List.of("ed25519", "ecdsa", "rsa");

    private HostKeys prepared(Path state) {
        EventLog recorder = (level, subject, message) -> log.add(level + " " + message);
        var keys = new HostKeys(state.resolve("ssh"), offered, recorder);
        keys.prepare(Runnable::run);
        return keys;
    }

    @Test
    void onlyTheKindsThatAreAskedForAreOfferedAndTheOthersAreKeptForLater() {
        offered = List.of("ed25519", "rsa");
        assertEquals(List.of("ssh-ed25519", "ssh-rsa"), types(prepared(volume.resolve("state"))));
        assertTrue(java.nio.file.Files.exists(volume.resolve("state/ssh/ssh_host_ecdsa_key")));
        offered = List.of("ecdsa");
        assertEquals(List.of("ecdsa-sha2-nistp256"), types(prepared(volume.resolve("state"))));
    }

    private static List<String> types(HostKeys keys) {
        var types = new ArrayList<String>();
        keys.getKeyTypes(null).forEach(types::add);
        return types;
    }

    @Test
    void threeKeysAreMadeOnceAndReadAfterwards() {
        var made = prepared(volume.resolve("state"));
        assertEquals(List.of("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"), types(made));
        var read = prepared(volume.resolve("state"));
        for (int i = 0; i < 3; i++) {
            KeyPair before = made.loadKeys(null).get(i);
            KeyPair after = read.loadKeys(null).get(i);
            assertArrayEquals(before.getPublic().getEncoded(), after.getPublic().getEncoded());
            assertEquals(before.getPrivate(), after.getPrivate());
        }
        assertTrue(log.stream().noneMatch(line -> line.startsWith("ERROR")), log::toString);
    }

    @Test
    void containersThatRaceForOneVolumeEndWithOneSetOfKeys() throws Exception {
        for (int round = 0; round < 10; round++) {
            Path state = volume.resolve("state" + round);
            for (String type : List.of("rsa")) {
                Files.createDirectories(state.resolve("ssh"));
                Files.writeString(state.resolve("ssh/ssh_host_" + type + "_key"), "kept out of the race, because it is slow");
            }
            var barrier = new CyclicBarrier(8);
            var seen = Collections.synchronizedSet(new HashSet<String>());
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 8; i++) {
                var thread = new Thread(() -> {
                    try {
                        barrier.await();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    prepared(state).loadKeys(null).forEach(pair ->
                            seen.add(org.apache.sshd.common.config.keys.KeyUtils.getFingerPrint(pair.getPublic())));
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join(60_000);
            }
            assertEquals(2, seen.size());
            try (var files = Files.list(state.resolve("ssh"))) {
                assertEquals(3, files.count(), "a draft was left behind");
            }
        }
    }

    @Test
    void aCorruptKeyIsLeftOutAndLeftAlone() throws Exception {
        prepared(volume);
        for (String content : List.of("", "garbage", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")) {
            Path file = volume.resolve("ssh/ssh_host_ed25519_key");
            Files.writeString(file, content);
            log.clear();
            assertEquals(List.of("ecdsa-sha2-nistp256", "ssh-rsa"), types(prepared(volume)));
            assertEquals(content, Files.readString(file));
            assertTrue(log.stream().anyMatch(line -> line.startsWith("ERROR no ED25519 host key: " + file)), log::toString);
        }
    }

    @Test
    void aFifoInPlaceOfAKeyIsLeftOutAndNotWaitedFor() throws Exception {
        prepared(volume);
        Path file = volume.resolve("ssh/ssh_host_ed25519_key");
        Files.delete(file);
        assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
        assertEquals(List.of("ecdsa-sha2-nistp256", "ssh-rsa"), org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                java.time.Duration.ofSeconds(60), () -> types(prepared(volume))));
    }

    @Test
    void aTruncatedKeyIsLeftOut() throws Exception {
        prepared(volume);
        Path file = volume.resolve("ssh/ssh_host_ecdsa_key");
        String whole = Files.readString(file);
        for (int length = 0; length < whole.length() - 1; length += 7) {
            Files.writeString(file, whole.substring(0, length));
            assertEquals(List.of("ssh-ed25519", "ssh-rsa"), types(prepared(volume)), "cut at " + length);
        }
    }

    @Test
    void aKeyOfAnotherTypeIsLeftOut() throws Exception {
        prepared(volume);
        Files.copy(volume.resolve("ssh/ssh_host_ed25519_key"), volume.resolve("ssh/ssh_host_rsa_key"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertEquals(List.of("ssh-ed25519", "ecdsa-sha2-nistp256"), types(prepared(volume)));
    }

    @Test
    void aKeyThatOthersCouldReadIsClosedToThem() throws Exception {
        prepared(volume);
        Path file = volume.resolve("ssh/ssh_host_rsa_key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(3, types(prepared(volume)).size());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertTrue(log.stream().anyMatch(line -> line.startsWith("WARN host key " + file + " could be read by others")));
    }

    @Test
    void onAVolumeThatCannotBeWrittenKeysAreMadeForThisTimeOnly() throws Exception {
        Path blocked = volume.resolve("file");
        Files.writeString(blocked, "");
        assertEquals(3, types(prepared(blocked.resolve("state"))).size());
        assertTrue(log.stream().anyMatch(line -> line.startsWith("ERROR cannot make the directory for host keys")), log::toString);
    }

    @Test
    void inADirectoryThatCannotBeWrittenKeysAreMadeForThisTimeOnly() throws Exception {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may write everywhere");
        Files.createDirectories(volume.resolve("ssh"));
        Files.setPosixFilePermissions(volume.resolve("ssh"), PosixFilePermissions.fromString("r-xr-xr-x"));
        assertEquals(3, types(prepared(volume)).size());
        assertTrue(log.stream().anyMatch(line -> line.startsWith("ERROR cannot store host key")), log::toString);
    }

    @Test
    void keysThatSshKeygenMadeAreRead() throws Exception {
        assumeFalse(!Files.isExecutable(Path.of("/usr/bin/ssh-keygen")), "ssh-keygen is not installed");
        Files.createDirectories(volume.resolve("ssh"));
        for (String type : List.of("ed25519", "ecdsa", "rsa")) {
            var result = Run.run(java.util.Map.of(), volume, new byte[0], List.of(
                    "/usr/bin/ssh-keygen", "-q", "-N", "", "-t", type, "-f", "ssh/ssh_host_" + type + "_key"));
            assertEquals(0, result.code(), result::toString);
        }
        assertEquals(3, types(prepared(volume)).size());
    }

    /** As they come from an older server, from a secret, or from openssl. */
    @ParameterizedTest
    @ValueSource(strings = {"PEM", "PKCS8"})
    void keysInOtherFormatsAreRead(String format) throws Exception {
        assumeFalse(!Files.isExecutable(Path.of("/usr/bin/ssh-keygen")), "ssh-keygen is not installed");
        Files.createDirectories(volume.resolve("ssh"));
        keygen("ecdsa", format, "");
        keygen("rsa", format, "");
        String rsa = Files.readString(volume.resolve("ssh/ssh_host_rsa_key"));
        assertTrue(rsa.startsWith("-----BEGIN " + (format.equals("PEM") ? "RSA " : "") + "PRIVATE KEY"), "negative control");
        HostKeys keys = prepared(volume);
        assertEquals(List.of("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"), types(keys));
        for (String type : List.of("ecdsa", "rsa")) {
            String expected = Run.run(java.util.Map.of(), volume, new byte[0], List.of(
                    "/usr/bin/ssh-keygen", "-lf", "ssh/ssh_host_" + type + "_key.pub")).out().split(" ")[1];
            assertTrue(log.stream().anyMatch(line -> line.contains("host key " + expected + " from ")), log::toString);
        }
        assertEquals(rsa, Files.readString(volume.resolve("ssh/ssh_host_rsa_key")));
    }

    @Test
    void anEd25519KeyOfOpensslIsRead() throws Exception {
        assumeFalse(!Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        Files.createDirectories(volume.resolve("ssh"));
        var result = Run.run(java.util.Map.of(), volume, new byte[0], List.of(
                "/usr/bin/openssl", "genpkey", "-algorithm", "ed25519", "-out", "ssh/ssh_host_ed25519_key"));
        assertEquals(0, result.code(), result::toString);
        assertEquals(3, types(prepared(volume)).size(), log::toString);
        assertFalse(log.stream().anyMatch(line -> line.contains("made host key") && line.contains("ed25519")), log::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PEM", "PKCS8", "RFC4716"})
    void aKeyWithAPassphraseIsLeftOutAndSaidToHaveOne(String format) throws Exception {
        assumeFalse(!Files.isExecutable(Path.of("/usr/bin/ssh-keygen")), "ssh-keygen is not installed");
        Files.createDirectories(volume.resolve("ssh"));
        keygen("rsa", format, "a long word");
        assertEquals(List.of("ssh-ed25519", "ecdsa-sha2-nistp256"), types(prepared(volume)));
        assertTrue(log.stream().anyMatch(line -> line.startsWith("ERROR no RSA host key")), log::toString);
    }

    @Test
    void withoutAKeyThatIsOfferedNobodyCanBeServed() throws Exception {
        assertTrue(prepared(volume).canServe());
        Files.writeString(volume.resolve("ssh/ssh_host_ed25519_key"), "none");
        offered = List.of("ed25519", "rsa");
        assertTrue(prepared(volume).canServe());
        offered = List.of("ed25519");
        assertFalse(prepared(volume).canServe());
        // One that is being made counts.
        Files.delete(volume.resolve("ssh/ssh_host_rsa_key"));
        offered = List.of("ed25519", "rsa");
        var keys = new HostKeys(volume.resolve("ssh"), offered, (level, subject, message) -> { });
        var later = new ArrayList<Runnable>();
        keys.prepare(later::add);
        assertTrue(keys.canServe());
        later.forEach(Runnable::run);
        assertTrue(keys.canServe());
    }

    /** A mounted secret belongs to root and cannot be changed. */
    @Test
    void aKeyThatCannotBeClosedToOthersIsUsedAllTheSame() throws Exception {
        prepared(volume);
        Path file = volume.resolve("ssh/ssh_host_rsa_key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        String immutable = Run.run(java.util.Map.of(), volume, new byte[0],
                List.of("/bin/sh", "-c", "chattr +i ssh/ssh_host_rsa_key && echo yes")).out().strip();
        assumeTrue(immutable.equals("yes"), "no immutable files here, or not root");
        try {
            log.clear();
            assertEquals(3, types(prepared(volume)).size(), log::toString);
            assertTrue(log.stream().anyMatch(line -> line.startsWith("WARN host key " + file + " can be read by others")),
                    log::toString);
        } finally {
            Run.run(java.util.Map.of(), volume, new byte[0], List.of("/bin/sh", "-c", "chattr -i ssh/ssh_host_rsa_key"));
        }
    }

    private void keygen(String type, String format, String passphrase) throws Exception {
        var result = Run.run(java.util.Map.of(), volume, new byte[0], List.of("/usr/bin/ssh-keygen", "-q", "-N", passphrase,
                "-t", type, "-m", format, "-f", "ssh/ssh_host_" + type + "_key"));
        assertEquals(0, result.code(), result::toString);
    }
}
