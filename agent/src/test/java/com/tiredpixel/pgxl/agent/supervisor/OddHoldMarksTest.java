package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.OddFile;
import com.tiredpixel.pgxl.agent.supervisor.directory.DirectoryClaim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The file of holds, and the pid file of a node that is to start, are something else. */
class OddHoldMarksTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path temporary;

    private Path home;
    private HoldMarks marks;

    @BeforeEach
    void marks() throws IOException {
        home = temporary.toRealPath();
        marks = new HoldMarks(home.resolve(".pgxl/held"), home);
        marks.add(home.resolve("data/held"));
    }

    @ParameterizedTest
    @EnumSource(OddFile.class)
    void whatIsNoFileOfHoldsIsSaidAndNotWaitedFor(OddFile kind) throws IOException {
        kind.inThePlaceOf(marks.file(), () -> {
            if (kind.said().isEmpty()) {
                assertTimeoutPreemptively(SOON, this::tryToRead);
                return;
            }
            String said = assertThrows(IOException.class, () -> assertTimeoutPreemptively(SOON, () ->
                    marks.contains(home.resolve("data/held")))).getMessage();
            boolean link = kind == OddFile.DEVICE || kind == OddFile.LOOP;
            assertTrue(said.contains(marks.file() + " is ") && said.contains(link ? "a symbolic link" : kind.said()), said);
            assertThrows(IOException.class, () -> marks.add(home.resolve("data/other")));
        });
    }

    private boolean tryToRead() {
        try {
            return marks.contains(home.resolve("data/held"));
        } catch (IOException said) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(OddFile.class)
    void whatLiesInThePlaceOfTheNextFileOfHoldsIsNotWaitedFor(OddFile kind) throws IOException {
        kind.inThePlaceOf(home.resolve(".pgxl/held.new"), () -> assertTimeoutPreemptively(SOON, () -> {
            try {
                marks.add(home.resolve("data/other"));
            } catch (IOException refused) {
                // Somebody put it back between two steps.
                assertTrue(kind == OddFile.EXCHANGED_WITH_A_FIFO || kind == OddFile.GROWING, refused::toString);
                return;
            }
        }));
        // What is put back between the last two steps is what the rename puts in place.
        if (kind != OddFile.EXCHANGED_WITH_A_FIFO && kind != OddFile.GROWING) {
            assertTrue(marks.contains(home.resolve("data/held")));
        }
    }

    @ParameterizedTest
    @EnumSource(OddFile.class)
    void aPidFileThatIsNoneKeepsItsNodeDownAndNobodyWaits(OddFile kind) throws IOException {
        var world = new FakeWorld(home);
        Path directory = world.dataDirectory("data/coord", Role.COORDINATOR);
        var node = new ManagedNode(world.context(), directory, Role.COORDINATOR, world.ends, java.util.List::of);
        kind.inThePlaceOf(directory.resolve("postmaster.pid"), () -> {
            assertTimeoutPreemptively(SOON, () -> {
                node.startRequested("test");
                world.pass(Duration.ofSeconds(3), node);
            });
            if (!kind.said().isEmpty()) {
                assertTrue(node.report().describe().contains("postmaster.pid is not a regular file"), node.report()::describe);
                assertFalse(node.server().isPresent());
            }
        });
    }

    @ParameterizedTest
    @EnumSource(OddFile.class)
    void inThePlaceOfADataDirectoryItIsARemovedOne(OddFile kind) throws IOException {
        Path directory = Files.createDirectories(home.resolve("data")).resolve("coord");
        kind.inThePlaceOf(directory, () -> assertTrue(kind == OddFile.DIRECTORY
                || assertTimeoutPreemptively(SOON, () -> DirectoryClaim.isRemoved(directory)) || kind == OddFile.LOOP));
    }
}
