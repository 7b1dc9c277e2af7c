package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryOwnershipTest {
    private final Libc libc = Libc.load();
    private final DirectoryOwnership ownership = new DirectoryOwnership(libc);
    private final UserDatabase.User user = new UserDatabase.User("someone", 4711, 4712, "/", "/bin/sh");

    @TempDir
    Path temporary;

    @Test
    void aDirectoryOfRootIsTakenButNotWhatLiesInIt() throws Exception {
        assumeTrue(libc.geteuid() == 0, "only root can give directories away");
        Path inside = Files.createDirectory(temporary.resolve("inside"));

        assertEquals(new DirectoryOwnership.Result.Taken(), ownership.takeOver(temporary, user, 0750));

        assertEquals(4711, Files.getAttribute(temporary, "unix:uid"));
        assertEquals(4712, Files.getAttribute(temporary, "unix:gid"));
        assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary)));
        assertEquals(0, Files.getAttribute(inside, "unix:uid"));
    }

    @Test
    void aDirectoryOfTheUserIsLeftAsItIs() throws Exception {
        int uid = (Integer) Files.getAttribute(temporary, "unix:uid");
        var owner = new UserDatabase.User("owner", uid, uid, "/", "/bin/sh");
        String before = PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary));

        assertEquals(new DirectoryOwnership.Result.Owned(), ownership.takeOver(temporary, owner, 0));

        assertEquals(before, PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary)));
    }

    @Test
    void aDirectoryOfAThirdUserIsRefused() throws Exception {
        assumeTrue(libc.geteuid() == 0, "only root can give directories away");
        Path theirs = Files.createDirectory(temporary.resolve("theirs"));
        Files.setAttribute(theirs, "unix:uid", 99);

        assertEquals(
                new DirectoryOwnership.Result.Refused(theirs + " belongs to uid 99, neither to root nor to someone"),
                ownership.takeOver(theirs, user, 0700));
    }

    @Test
    void aSymbolicLinkIsRefused() throws Exception {
        Path target = Files.createDirectory(temporary.resolve("target"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), target);

        assertInstanceOf(DirectoryOwnership.Result.Refused.class, ownership.takeOver(link, user, 0700));
    }
}
