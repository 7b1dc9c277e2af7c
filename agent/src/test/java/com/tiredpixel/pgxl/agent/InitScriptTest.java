package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitScriptTest {
    @TempDir
    Path temporary;

    private final List<String> log = new ArrayList<>();
    private Path script;
    private Path link;

    @BeforeEach
    void anImageWithAScript() throws IOException {
        script = Files.writeString(temporary.resolve("script"), "new");
        link = Files.createDirectory(temporary.resolve("home")).resolve("init.sh");
    }

    @Test
    void aVolumeWithoutOneGetsIt() throws IOException {
        link();
        assertEquals("new", Files.readString(link));
    }

    @Test
    void anOldScriptIsKeptBesideTheNewOne() throws IOException {
        Files.writeString(link, "old");
        link();
        assertEquals("new", Files.readString(link));
        assertEquals("old", Files.readString(link.resolveSibling("init.sh.old")));
    }

    @Test
    void aLinkThatLeadsNowhereIsReplaced() throws IOException {
        Files.createSymbolicLink(link, temporary.resolve("gone"));
        link();
        assertEquals(script, Files.readSymbolicLink(link));
    }

    @Test
    void theSecondStartHasNothingToDoAndNothingToSay() {
        link();
        link();
        assertEquals(1, log.size());
    }

    @Test
    void withoutTheImageNothingIsMade() throws IOException {
        Files.delete(script);
        link();
        assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
    }

    private void link() {
        new InitScript(script, link.getParent(), (level, subject, message) -> log.add(message)).link();
    }
}
