package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A small PID 1 for {@link ReaperTest}, with its reaper switched on or off. */
final class ReaperScenario {
    private ReaperScenario() {
    }

    public static void main(String[] arguments) throws Exception {
        Libc libc = Libc.load();
        OrphanAdoption.assume(libc);
        Reaper reaper = new Reaper(
                libc, (level, subject, message) -> System.out.println(message), MonotonicClock.system());
        Processes processes = new Processes(libc, reaper);
        String mode = arguments[0];
        if (!mode.equals("idle")) {
            reaper.start();
        }
        if (mode.equals("status")) {
            Child child = processes.start(command("exit " + arguments[1]));
            System.out.println(Eventually.get(child.exit()));
            return;
        }
        if (mode.equals("stranger")) {
            System.out.println(endOfAStranger(libc, reaper, "exit " + arguments[1]));
            return;
        }
        int count = Integer.parseInt(arguments[1]);
        // Their parent ends at once, waits for none of them, and they end when the pipe does.
        Child parent = processes.start(new Command(
                Path.of("/bin/sh"),
                List.of("sh", "-c", "exec 3<&0; i=0; while [ $i -lt " + count
                        + " ]; do (sh -c 'read x <&3; exit 3' &) ; i=$((i+1)); done; echo done; read x"),
                Map.of("PATH", "/usr/bin:/bin"),
                Path.of("/"),
                new Stdio.Pipe(),
                new Stdio.Pipe(),
                new Stdio.SameAsOutput()));
        while (parent.output().read() != '\n') {
            continue;
        }
        var table = new ProcFs(libc, reaper, any -> true);
        Eventually.holds("orphans here", () -> table.children(any -> true).size() >= count + 1);
        parent.input().close();
        Eventually.holds("orphans ended", () -> table.children(any -> true).isEmpty());
        if (mode.equals("reaping")) {
            Eventually.holds("orphans reaped", () -> reaper.orphansReaped() >= count && reaper.childrenReaped() >= 1);
        }
        int own = mode.equals("idle") ? 1 : 0;
        System.out.println("zombies " + (Zombies.ofThisJvm() - own));
    }

    /** A process that no start announces, while the reaper has no child and pauses. */
    private static String endOfAStranger(Libc libc, Reaper reaper, String script) throws Exception {
        var status = new CompletableFuture<ExitStatus>();
        reaper.addListener(end -> status.complete(end.status()));
        Eventually.holds("the reaper's poll", () -> OwnThreads.list(Path.of("/proc/self")).stream().anyMatch(thread ->
                thread.status().field("Name").equals("reaper") && thread.status().field("State").startsWith("S")));
        long start = System.nanoTime();
        int pid = libc.posixSpawn(new Spawn(
                NativeStrings.path(Path.of("/bin/sh")),
                List.of("sh".getBytes(), "-c".getBytes(), script.getBytes()),
                List.of(),
                List.of()));
        ExitStatus told = Eventually.get(status);
        boolean late = System.nanoTime() - start > TimeUnit.SECONDS.toNanos(15);
        return pid < 0 ? "no process" : late ? "late: " + told : told.toString();
    }

    private static Command command(String script) {
        return Command.of(Path.of("/bin/sh"), List.of("-c", script), Map.of("PATH", "/usr/bin:/bin"), Path.of("/"));
    }
}
