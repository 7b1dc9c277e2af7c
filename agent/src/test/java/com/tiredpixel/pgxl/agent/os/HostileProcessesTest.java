package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that show whatever makes trouble: to look at all of them stays cheap. */
@OwnJvm
class HostileProcessesTest {
    /** An honest look takes milliseconds; reading half a million empty arguments and stripping them took minutes. */
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int MOST_CHARACTERS = 8 * 1024;

    private final ProcFs table = new ProcFs(Kernel.LIBC, Kernel.REAPER, any -> true);
    private final List<Child> children = new ArrayList<>();

    @TempDir
    Path temporary;

    @AfterEach
    void theyEnd() {
        children.forEach(child -> child.signal(Signal.KILL));
    }

    @Test
    void halfAMillionEmptyArgumentsCostNoMoreThanAFew() throws Exception {
        Child hostile = withArguments("('') x 500000, 'x'");
        assertEquals("perl", look(hostile).program());
        assertEquals("perl", look(hostile).commandLine().get(0));
        assertTrue(look(hostile).commandLine().size() <= 256);
    }

    @Test
    void threeMegabytesOfArgumentsInEachOfTenProcessesAreNotRead() throws Exception {
        List<Child> many = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            many.add(withArguments("('x' x 100000) x 30"));
        }
        for (Child one : many) {
            assertTrue(characters(look(one)) <= MOST_CHARACTERS, () -> characters(look(one)) + " characters");
        }
        List<ProcessView> all = assertTimeoutPreemptively(SOON, table::processes);
        assertTrue(all.stream().mapToInt(HostileProcessesTest::characters).sum() <= 4 * 1024 * 1024);
        assertTrue(all.stream().map(ProcessView::identity).toList().containsAll(
                many.stream().map(Child::identity).toList()));
    }

    @Test
    void manyProcessesTogetherShowNoMoreThanTheBoundOfAll() throws Exception {
        for (int i = 0; i < 300; i++) {
            withArguments("('xy') x 4000");
        }
        List<ProcessView> seen = assertTimeoutPreemptively(SOON, () -> table.children(any -> true));
        assertTrue(seen.size() >= 300);
        int arguments = seen.stream().mapToInt(view -> view.commandLine().size()).sum();
        assertTrue(arguments <= 16 * 1024 + 300, arguments + " arguments");
        assertTrue(seen.stream().noneMatch(view -> view.commandLine().isEmpty()), "the first argument is always there");
    }

    @Test
    void aNameWithLineBreaksAndParenthesesForgesNothing() throws Exception {
        Path program = Files.copy(Path.of("/bin/sleep"), temporary.resolve(") R 1\n1 (x\nTg"));
        Child hostile = keep(Kernel.PROCESSES.start(
                Command.of(program, List.of("600"), Kernel.ENVIRONMENT, temporary)));
        Eventually.holds("a command line", () -> !look(hostile).commandLine().isEmpty());
        ProcessView view = look(hostile);
        assertEquals(hostile.identity(), view.identity());
        assertEquals(Kernel.LIBC.getpid(), view.parent());
        assertFalse(view.isZombie());
    }

    @Test
    void aWorkingDirectoryThatIsRemovedIsNoDirectoryOfANode() throws Exception {
        Path directory = Files.createDirectory(temporary.toRealPath().resolve("coord"));
        Child orphaned = keep(Kernel.PROCESSES.start(
                Command.of(Path.of("/bin/sleep"), List.of("600"), Kernel.ENVIRONMENT, directory)));
        Eventually.holds("a command line", () -> !look(orphaned).commandLine().isEmpty());
        assertEquals(Optional.of(directory), look(orphaned).directory());
        Files.delete(directory);
        assertEquals(Optional.of(Path.of(directory + " (deleted)")), look(orphaned).directory());
    }

    @Test
    void aTitleWrittenOverArgumentsAndEnvironmentIsCut() throws Exception {
        Child titled = keep(Kernel.shell("exec perl -e '$0 = \"postgres: \" . \"x\" x 100000; sleep 600' "
                + "x".repeat(20_000)));
        Eventually.holds("the title", () -> !look(titled).commandLine().isEmpty()
                && look(titled).commandLine().get(0).startsWith("postgres: "));
        assertTrue(characters(look(titled)) <= MOST_CHARACTERS);
        assertTrue(look(titled).shown().length() <= 201);
    }

    @Test
    void commandLinesOfOtherProgramsAreNotRead() throws Exception {
        var selective = new ProcFs(Kernel.LIBC, Kernel.REAPER, "postgres"::equals);
        Child sleeper = keep(Kernel.shell("exec sleep 600"));
        Eventually.holds("sleep", () -> look(sleeper).commandLine().contains("600"));
        ProcessView view = selective.find(sleeper.identity().pid()).orElseThrow();
        assertEquals(List.of(), view.commandLine());
        assertEquals("sleep", view.shown());
    }

    /** A program that does nothing, with arguments that Perl makes, under no limit of their number. */
    private Child withArguments(String perl) throws Exception {
        Child child = keep(Kernel.shell("ulimit -s unlimited; exec perl -e '"
                + "exec {\"/usr/bin/perl\"} \"perl\", \"-e\", \"sleep 600\", " + perl.replace("'", "\"") + "'"));
        Eventually.holds("the arguments", () -> assertTimeoutPreemptively(SOON, () ->
                table.find(child.identity().pid()).orElseThrow().commandLine().stream().anyMatch("sleep 600"::equals)));
        return child;
    }

    private Child keep(Child child) {
        children.add(child);
        return child;
    }

    private ProcessView look(Child child) {
        return assertTimeoutPreemptively(SOON, () -> table.find(child.identity().pid()).orElseThrow());
    }

    private static int characters(ProcessView view) {
        return view.commandLine().stream().mapToInt(String::length).sum();
    }
}
