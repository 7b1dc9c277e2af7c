package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A session leader without a terminal, as PID 1 is one, that runs a terminal for someone else. */
final class TerminalScenario {
    private TerminalScenario() {
    }

    static Command command(PseudoTerminal terminal, String script) {
        var stdio = new Stdio.Terminal(terminal.slave());
        return new Command(
                Path.of("/bin/sh"),
                List.of("sh", "-c", script),
                Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C"),
                Path.of("/"),
                stdio,
                stdio,
                stdio);
    }

    public static void main(String[] arguments) throws Exception {
        Libc libc = Libc.load();
        Reaper reaper = new Reaper(
                libc, (level, subject, message) -> System.out.println(message), MonotonicClock.system());
        reaper.start();
        PseudoTerminal terminal = new Terminals(libc).open();
        Child child = new Processes(libc, reaper).start(command(terminal, "exec tty"));
        terminal.applyModes(Map.of(53, 0));
        Eventually.get(child.exit());
        // Field 7, tty_nr, is the fifth behind the name.
        String stat = Files.readString(Path.of("/proc/self/stat"));
        System.out.println("tty " + stat.substring(stat.lastIndexOf(')') + 2).split(" ")[4]);
        terminal.close();
    }
}
