package com.tiredpixel.pgxl.it;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.Child;
import com.tiredpixel.pgxl.agent.os.Command;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.Libc;
import com.tiredpixel.pgxl.agent.os.Processes;
import com.tiredpixel.pgxl.agent.os.Reaper;
import com.tiredpixel.pgxl.agent.os.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A PID 1 that has nothing of the agent but the room {@code os}: makes orphans and children, and prints what
 * became of them. Run by {@link ReapingIT} inside a sandbox.
 */
final class ReaperTrial {

    private static final int MAKERS = 4;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private ReaperTrial() {
    }

    /** @param arguments {@code reap} or {@code ignore}, number of orphans, number of children */
    public static void main(String[] arguments) throws Exception {
        boolean reap = arguments[0].equals("reap");
        int orphans = Integer.parseInt(arguments[1]);
        int children = Integer.parseInt(arguments[2]);
        EventLog log = (level, subject, message) -> System.out.println(level + " " + subject + ": " + message);
        Libc libc = Libc.load();
        var reaper = new Reaper(libc, log, MonotonicClock.system());
        if (reap) {
            reaper.start();
        }
        var processes = new Processes(libc, reaper);

        var makers = new ArrayList<Child>();
        for (int i = 0; i < MAKERS; i++) {
            makers.add(processes.start(
                    command(Path.of("/usr/bin/perl"), "-MPOSIX=_exit", "-e", orphans(orphans / MAKERS))));
        }
        int wrong = children == 0 ? 0 : runChildren(processes, children);
        if (reap) {
            for (Child maker : makers) {
                maker.exit().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            }
            Await.until(LIMIT, "reaped orphans", () -> reaper.orphansReaped() >= orphans);
        } else {
            Await.until(LIMIT, "zombies of all orphans", () -> zombies() >= orphans);
        }
        System.out.println("RESULT wrong=" + wrong + " zombies=" + zombies() + " orphans=" + reaper.orphansReaped()
                + " children=" + reaper.childrenReaped());
        System.exit(0);
    }

    private static int runChildren(Processes processes, int children) throws Exception {
        var pool = Executors.newFixedThreadPool(4);
        Callable<Boolean> one = () -> processes.start(command(Path.of("/bin/bash"), "-c", "exit 7")).exit()
                .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .equals(new ExitStatus.Exited(7));
        int wrong = 0;
        var results = new ArrayList<java.util.concurrent.Future<Boolean>>();
        for (int i = 0; i < children; i++) {
            results.add(pool.submit(one));
        }
        for (var result : results) {
            wrong += result.get() ? 0 : 1;
        }
        pool.shutdown();
        return wrong;
    }

    private static Command command(Path program, String... arguments) {
        var argv = new ArrayList<>(List.of(program.toString()));
        argv.addAll(List.of(arguments));
        return new Command(program, argv, Map.of(), Path.of("/"),
                new Stdio.Null(), new Stdio.Null(), new Stdio.Null());
    }

    /** Perl, because a shell now and then reaps its grandchild before it ends. Every tenth dies of a signal. */
    private static String orphans(int count) {
        return "for my $i (1 .. " + count + ") {"
                + " unless (fork) { unless (fork) { kill 9, $$ unless $i % 10; _exit(3) } _exit(0) }"
                + " wait }";
    }

    private static int zombies() {
        int count = 0;
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                count += isZombie(entry) ? 1 : 0;
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return count;
    }

    private static boolean isZombie(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException gone) {
            return false;
        }
    }
}
