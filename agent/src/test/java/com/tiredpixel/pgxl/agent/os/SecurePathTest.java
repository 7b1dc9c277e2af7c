package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurePathTest {
    private static final int SOMEBODY = 54321;

    @TempDir
    Path temporary;
    private Path top;

    @BeforeEach
    void makeTop() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: directories of two users");
        top = temporary.toRealPath();
    }

    @Test
    void directoriesOfRootAreTrustedAllTheWayEvenBelowAStickyOne() throws IOException {
        Path home = Files.createDirectories(top.resolve("a/b"));
        assertEquals(Optional.empty(), SecurePath.firstInsecure(home));
        assertEquals(Optional.empty(), SecurePath.firstInsecure(home.resolve("not/there/yet")));
    }

    /** Between look and making, somebody else could make it, as a link. */
    @Test
    void whatIsNotThereYetIsNotTrustedBelowADirectoryInWhichOthersMayMakeIt() throws IOException {
        Path sticky = Files.createDirectory(top.resolve("sticky"));
        Files.setAttribute(sticky, "unix:mode", 01777);
        assertEquals(Optional.of(sticky), SecurePath.firstInsecure(sticky.resolve("home")));
        assertEquals(Optional.of(sticky), SecurePath.firstInsecure(sticky.resolve("a/home")));
        Files.createDirectories(sticky.resolve("a/home"));
        assertEquals(Optional.empty(), SecurePath.firstInsecure(sticky.resolve("a/home")));
        Files.createSymbolicLink(sticky.resolve("nowhere"), Path.of("/nowhere"));
        assertEquals(Optional.empty(), SecurePath.firstInsecure(sticky.resolve("nowhere")), "and it is never followed");
    }

    @Test
    void theDirectoryItselfMayBelongToAnybody() throws IOException {
        Path home = Files.createDirectory(top.resolve("home"));
        Files.setAttribute(home, "unix:uid", SOMEBODY);
        assertEquals(Optional.empty(), SecurePath.firstInsecure(home));
        assertEquals(Optional.of(home), SecurePath.firstInsecure(home.resolve("below")));
    }

    @Test
    void whatOthersMayWriteIsNotTrusted() throws IOException {
        Path open = Files.createDirectory(top.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertEquals(Optional.of(open), SecurePath.firstInsecure(open.resolve("home")));
    }

    @Test
    void aLinkIsTrustedIfRootMadeItAndWhereItLeadsIsTrustedToo() throws IOException {
        Path target = Files.createDirectory(top.resolve("target"));
        Path link = Files.createSymbolicLink(top.resolve("link"), target);
        assertEquals(Optional.empty(), SecurePath.firstInsecure(link.resolve("home")));
        Files.setAttribute(target, "unix:uid", SOMEBODY);
        assertEquals(Optional.of(target), SecurePath.firstInsecure(link.resolve("home")));
        Path his = Files.createDirectory(top.resolve("his"));
        Files.createSymbolicLink(his.resolve("link"), top);
        Files.setAttribute(his, "unix:uid", SOMEBODY);
        assertEquals(Optional.of(his), SecurePath.firstInsecure(his.resolve("link/home")));
    }
}
