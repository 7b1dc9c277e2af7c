package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryOwnershipTest {
    private static final String MARK = ".state";

    private final Libc libc = Libc.load();
    private final DirectoryOwnership ownership = new DirectoryOwnership(libc);
    private final UserDatabase.User user = new UserDatabase.User("someone", 4711, 4712);

    @TempDir
    Path temporary;

    @Test
    void aDirectoryOfRootIsTakenButNotWhatLiesInIt() throws Exception {
        assumeTrue(libc.geteuid() == 0, "only root can give directories away");
        Path inside = Files.createDirectory(temporary.resolve(MARK));
        Files.setAttribute(inside, "unix:uid", 4711);
        Path other = Files.createDirectory(temporary.resolve("other"));

        assertEquals(new DirectoryOwnership.Result.Taken(), ownership.takeOver(temporary, user, 0750, MARK));

        assertEquals(4711, Files.getAttribute(temporary, "unix:uid"));
        assertEquals(4712, Files.getAttribute(temporary, "unix:gid"));
        assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary)));
        assertEquals(0, Files.getAttribute(other, "unix:uid"));
    }

    @Test
    void anEmptyOneIsTakenAndNoneWithSomethingInItWhereNoVolumeIsMounted() throws Exception {
        assumeTrue(libc.geteuid() == 0, "only root can give directories away");
        assertEquals(new DirectoryOwnership.Result.Taken(),
                ownership.takeOver(Files.createDirectory(temporary.resolve("empty")), user, 0700, MARK));
        // Something of the user's, but not what shows that the directory was his; that belongs to root.
        Path full = Files.createDirectory(temporary.resolve("full"));
        Files.setAttribute(Files.createDirectory(full.resolve("his")), "unix:uid", 4711);
        Files.createDirectory(full.resolve(MARK));
        String before = PosixFilePermissions.toString(Files.getPosixFilePermissions(full));

        var refused = assertInstanceOf(DirectoryOwnership.Result.Refused.class, ownership.takeOver(full, user, 0700, MARK));

        assertTrue(refused.reason().contains("no volume is mounted there"), refused.reason());
        assertEquals(0, Files.getAttribute(full, "unix:uid"));
        assertEquals(before, PosixFilePermissions.toString(Files.getPosixFilePermissions(full)));
    }

    @Test
    void aDirectoryOfTheUserIsLeftAsItIs() throws Exception {
        int uid = (Integer) Files.getAttribute(temporary, "unix:uid");
        var owner = new UserDatabase.User("owner", uid, uid);
        String before = PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary));

        assertEquals(new DirectoryOwnership.Result.Owned(), ownership.takeOver(temporary, owner, 0, MARK));

        assertEquals(before, PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary)));
    }

    @Test
    void aDirectoryOfAThirdUserIsRefused() throws Exception {
        assumeTrue(libc.geteuid() == 0, "only root can give directories away");
        Path theirs = Files.createDirectory(temporary.resolve("theirs"));
        Files.setAttribute(theirs, "unix:uid", 99);

        assertEquals(
                new DirectoryOwnership.Result.Refused(theirs + " belongs to uid 99, neither to root nor to someone"),
                ownership.takeOver(theirs, user, 0700, MARK));
    }

    @Test
    void aSymbolicLinkIsRefused() throws Exception {
        Path target = Files.createDirectory(temporary.resolve("target"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), target);

        assertInstanceOf(DirectoryOwnership.Result.Refused.class, ownership.takeOver(link, user, 0700, MARK));
    }
}
