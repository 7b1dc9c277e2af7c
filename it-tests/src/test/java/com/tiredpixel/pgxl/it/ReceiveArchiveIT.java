package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code image/receive-archive}, the forced command of the archive key; before it there is an {@code rsync} that tells. */
class ReceiveArchiveIT {

    private static final String WAL = "0000000100000000000000AB";

    @TempDir
    Path temporary;
    private Path home;
    private Path archive;

    @BeforeEach
    void makeHome() throws IOException {
        home = Files.createDirectory(temporary.toRealPath().resolve("home"));
        archive = Files.createDirectories(home.resolve("data/archive"));
        Files.createDirectories(home.resolve("data/node/pg_wal"));
        Files.createFile(home.resolve("data/node/PG_VERSION"));
        Files.createDirectories(home.resolve("data/gtm/below"));
        Files.createFile(home.resolve("data/gtm/gtm.conf"));
        Files.createDirectories(home.resolve("wal/archive_status"));
        Files.createDirectories(home.resolve(".ssh/below"));
        Files.createSymbolicLink(home.resolve("data/out"), temporary);
        Files.createSymbolicLink(home.resolve("data/in"), archive);
        Files.createDirectory(archive.resolve("00000009.history"));
        Path bin = Files.createDirectory(temporary.resolve("bin"));
        Files.writeString(bin.resolve("rsync"), "#!/bin/sh\nprintf '<%s>' rsync \"$@\"\n");
        Files.setPosixFilePermissions(bin.resolve("rsync"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Program.Result ask(String command) {
        return Program.run(Await.LONG, List.of("env", "-i", "HOME=" + home,
                "PATH=" + temporary.resolve("bin") + ":/usr/bin:/bin", "SSH_ORIGINAL_COMMAND=" + command,
                Places.IMAGE.resolve("receive-archive").toString()));
    }

    private void assertTaken(String options, String path, Path file) {
        Program.Result result = ask("rsync --server " + options + " . " + path);
        assertEquals("<rsync><--server><" + options + "><.><" + file + ">", result.orFail().text());
    }

    private void assertRefused(String command) {
        Program.Result result = ask(command);
        assertEquals(77, result.code(), command + ": " + result);
        assertEquals("", result.text(), command);
        assertTrue(result.error().startsWith("receive-archive: "), result.toString());
    }

    @Test
    void whatAnArchiveCommandSendsIsTaken() {
        for (String options : List.of("-e.LsfxCIvu", "-e.LsfxC", "-vze.LsfxCIvu", "-te30.1LsfxC", "-e.")) {
            assertTaken(options, archive + "/" + WAL, archive.resolve(WAL));
        }
        assertTaken("-e.LsfxCIvu", "data/archive/" + WAL, archive.resolve(WAL));
        assertTaken("-e.LsfxCIvu", home + "/data/in/" + WAL, archive.resolve(WAL));
        for (String file : List.of("00000002.history", WAL + ".00000028.backup", WAL + ".partial")) {
            assertTaken("-e.LsfxCIvu", archive + "/" + file, archive.resolve(file));
        }
    }

    @Test
    void everythingElseIsRefused() {
        List<String> commands = new ArrayList<>(List.of("", "id", "bash", "rsync", "scp -t /tmp", "internal-sftp",
                "/usr/lib/openssh/sftp-server", "rsync --server --daemon .", "rsync --server", "rsync --server -e.L .",
                "rsync --version"));
        for (String options : List.of("--sender -e.L", "-logDtpre.iLsfxC", "-re.L", "-le.L", "-pe.L", "-De.L", "-ne.L",
                "-e.L --delete", "--log-file=x -e.L", "-e.L --rsync-path=x", "-e.L -M--sender", "-e", "-f", "")) {
            commands.add("rsync --server " + options + " . " + archive + "/" + WAL);
        }
        for (String path : List.of(archive.toString(), archive + "/", archive + "/name", archive + "/" + WAL + "x",
                archive + "/0000000100000000000000ab", archive + "/../" + WAL + "/..", archive + "/00000009.history",
                home + "/" + WAL, home + "/data/node/" + WAL, home + "/data/node/pg_wal/" + WAL, home + "/data/gtm/" + WAL,
                home + "/data/gtm/below/" + WAL, home + "/wal/" + WAL, home + "/wal/archive_status/" + WAL,
                home + "/.ssh/" + WAL, home + "/.ssh/below/" + WAL, home + "/data/out/" + WAL, home + "/nowhere/" + WAL,
                "/tmp/" + WAL, "../" + WAL, temporary + "/" + WAL, "/" + WAL, WAL)) {
            commands.add("rsync --server -e.LsfxCIvu . " + path);
        }
        String good = "rsync --server -e.LsfxCIvu . " + archive + "/" + WAL;
        for (String more : List.of(";id", "&id", "|id", "\nid", " id", "$(id)", "`id`", " ", "\\", "'", "\"", "*")) {
            commands.add(good + more);
            commands.add(more + good);
            commands.add(good.replace(WAL, more + WAL));
        }
        commands.forEach(this::assertRefused);
    }

    /** Pieces of good and bad commands in any order: whatever is taken is one file of the archive. */
    @Test
    void noMixtureOfThemIsTakenForMoreThanItIs() {
        List<String> pieces = List.of("rsync", "--server", "-e.LsfxCIvu", ".", archive + "/" + WAL, "data/archive/" + WAL,
                "--sender", "-r", ";", "..", "/", "data/node/", "id", "\n", " ", "  ", WAL);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String taken = "<rsync><--server><-e.LsfxCIvu><.><" + archive.resolve(WAL) + ">";
        for (int round = 0; round < 150; round++) {
            // Most begin well, or none would come far.
            var command = new StringBuilder(random.nextInt(4) > 0 ? "rsync --server -e.LsfxCIvu . " : "");
            for (int piece = random.nextInt(4); piece >= 0; piece--) {
                command.append(pieces.get(random.nextInt(pieces.size()))).append(random.nextBoolean() ? " " : "");
            }
            Program.Result result = ask(command.toString());
            assertTrue(result.code() == 77 && result.text().isEmpty() || result.text().equals(taken),
                    "seed " + seed + ", \"" + command + "\": " + result);
        }
    }
}
