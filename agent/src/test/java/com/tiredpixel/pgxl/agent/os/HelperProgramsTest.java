package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

@OwnJvm
class HelperProgramsTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final HelperPrograms helpers = new HelperPrograms(Kernel.PROCESSES);

    @Test
    void outputErrorsAndStatusAreReported() {
        var result = run("echo out; echo err >&2; exit 3", LONG);

        assertEquals(new HelperPrograms.Result.Finished(new ExitStatus.Exited(3), "out\nerr\n"), result);
    }

    @Test
    void aDeathBySignalIsNoExit() {
        assertEquals(
                new HelperPrograms.Result.Finished(new ExitStatus.Signaled(9, false), ""), run("kill -9 $$", LONG));
        assertEquals(new HelperPrograms.Result.Finished(new ExitStatus.Exited(137), ""), run("exit 137", LONG));
    }

    @Test
    void argumentsWithAllKindsOfQuotesArriveAsTheyAre() {
        var result = helpers.run(
                Path.of("/usr/bin/printf"), List.of("%s|", "a'b\"c\\ d", "", "$HOME"), Kernel.ENVIRONMENT, Kernel.ROOT, LONG);

        assertEquals(new HelperPrograms.Result.Finished(new ExitStatus.Exited(0), "a'b\"c\\ d||$HOME|"), result);
    }

    @Test
    void whatIsGivenItToReadArrivesWholeThoughItPrintsMeanwhile() {
        String input = "a line\n".repeat(30_000);
        var result = helpers.run(
                Path.of("/bin/sh"), List.of("-c", "tee /dev/stderr | wc -c >&2; echo done"), Kernel.ENVIRONMENT, Kernel.ROOT,
                input, LONG);
        var finished = assertInstanceOf(HelperPrograms.Result.Finished.class, result);
        assertEquals(new ExitStatus.Exited(0), finished.status());
        assertTrue(finished.text().startsWith("a line\na line\n"));

        var counted = helpers.run(
                Path.of("/usr/bin/wc"), List.of("-c"), Kernel.ENVIRONMENT, Kernel.ROOT, input, LONG);
        assertEquals(new HelperPrograms.Result.Finished(new ExitStatus.Exited(0), input.length() + "\n"), counted);
    }

    @Test
    void aProgramThatReadsNothingOfItIsNotWaitedFor() {
        var result = helpers.run(
                Path.of("/bin/true"), List.of(), Kernel.ENVIRONMENT, Kernel.ROOT, "x".repeat(1_000_000), LONG);
        assertEquals(new HelperPrograms.Result.Finished(new ExitStatus.Exited(0), ""), result);
    }

    @Test
    void aProgramThatIgnoresSigtermIsKilledAtItsDeadline() {
        var result = run("trap '' TERM; echo begun; while :; do sleep 1; done", Duration.ofMillis(500));

        assertEquals(new HelperPrograms.Result.TimedOut("begun\n"), result);
    }

    @Test
    void itsWholeGroupIsKilled() throws Exception {
        var result = assertInstanceOf(
                HelperPrograms.Result.TimedOut.class, run("sleep 600 & echo $!; wait", Duration.ofMillis(500)));
        int sleeper = Integer.parseInt(result.text().trim());

        Eventually.holds("grandchild gone", () -> Kernel.LIBC.kill(sleeper, 0) != 0);
    }

    @Test
    void aBackgroundProcessIsNotWaitedFor() throws Exception {
        CompletableFuture<HelperPrograms.Result> result =
                CompletableFuture.supplyAsync(() -> run("sleep 600 & echo $!", LONG));

        var finished = assertInstanceOf(HelperPrograms.Result.Finished.class, Eventually.get(result));

        assertTrue(finished.succeeded());
        Kernel.LIBC.kill(Integer.parseInt(finished.text().trim()), 9);
    }

    @Test
    void onlyTheFirst64KilobytesAreKept() {
        var result = assertInstanceOf(
                HelperPrograms.Result.Finished.class, run("head -c 10000000 /dev/zero | tr '\\0' x", LONG));

        assertEquals("x".repeat(64 * 1024), result.text());
        assertTrue(result.succeeded());
    }

    @Test
    void whatCannotStartSaysWhy() {
        var result = helpers.run(Path.of("/no/such/program"), List.of(), Kernel.ENVIRONMENT, Kernel.ROOT, LONG);

        assertEquals(
                new HelperPrograms.Result.NotStarted("cannot start /no/such/program in /:"
                        + " ENOENT (no such file or directory): the program does not exist or cannot be reached"),
                result);
    }

    @Test
    void anInterruptedCallerLeavesNoProcessAndStaysInterrupted() throws Exception {
        long before = Kernel.REAPER.childrenReaped();
        var outcome = new CompletableFuture<HelperPrograms.Result>();
        var stillInterrupted = new CompletableFuture<Boolean>();
        Thread caller = new Thread(() -> {
            outcome.complete(run("exec sleep 600", LONG));
            stillInterrupted.complete(Thread.currentThread().isInterrupted());
        });
        caller.start();

        caller.interrupt();

        assertInstanceOf(HelperPrograms.Result.TimedOut.class, Eventually.get(outcome));
        assertTrue(Eventually.get(stillInterrupted));
        Eventually.holds("reaped", () -> Kernel.REAPER.childrenReaped() > before);
    }

    @Test
    void noThreadOfJavaLangProcessIsMade() {
        run("exit 0", LONG);

        assertFalse(Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().contains("process reaper")));
    }

    private HelperPrograms.Result run(String script, Duration deadline) {
        return helpers.run(Path.of("/bin/sh"), List.of("-c", script), Kernel.ENVIRONMENT, Kernel.ROOT, deadline);
    }
}
