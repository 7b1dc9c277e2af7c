package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The real thing, once in a JVM: libc, a running reaper to which orphans fall, and what starts processes. */
public final class Kernel {
    public static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");
    public static final Path ROOT = Path.of("/");

    static final EventLog LOG = (level, subject, message) -> System.err.println(level + " " + subject + ": " + message);
    static final Libc LIBC = Libc.load();
    static final Reaper REAPER = new Reaper(LIBC, LOG, MonotonicClock.system());
    static final Processes PROCESSES = new Processes(LIBC, REAPER);

    static {
        OrphanAdoption.assume(LIBC);
        REAPER.start();
    }

    private Kernel() {
    }

    /** Starts {@code sh -c script} with output and errors in one pipe. */
    static Child shell(String script) throws StartFailedException {
        return PROCESSES.start(command("/bin/sh", "-c", script));
    }

    static Command command(String program, String... arguments) {
        return Command.of(Path.of(program), List.of(arguments), ENVIRONMENT, ROOT);
    }

    /** Like {@link #shell}, with a pipe for each of the three. */
    static Child shellWithPipes(String script) throws StartFailedException {
        return PROCESSES.start(new Command(
                Path.of("/bin/sh"),
                List.of("sh", "-c", script),
                ENVIRONMENT,
                ROOT,
                new Stdio.Pipe(),
                new Stdio.Pipe(),
                new Stdio.Pipe()));
    }
}
