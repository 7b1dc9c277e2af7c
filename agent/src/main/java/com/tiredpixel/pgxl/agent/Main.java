package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.EventLog.Level;
import com.tiredpixel.pgxl.agent.config.Help;
import com.tiredpixel.pgxl.agent.config.Settings;
import com.tiredpixel.pgxl.agent.log.AgentLog;
import com.tiredpixel.pgxl.agent.ssh.HeapNeeds;
import com.tiredpixel.pgxl.agent.ssh.SshServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** {@code pgxl-agent}: reads the settings, lives the life of a container, and ends with its exit code. */
public final class Main {
    private static final Duration LAST_LINES = Duration.ofSeconds(1);

    private Main() {
    }

    /** @param arguments none, {@code --help}, or {@code --explain [DIR]} */
    public static void main(String[] arguments) {
        int code = ExitCode.INTERNAL.code();
        try {
            code = run(arguments, System.getenv()).code();
        } catch (Throwable e) {
            // Before anything is supervised: a container that does is not ended by what is thrown.
            e.printStackTrace();
        } finally {
            // Not exit: shutdown hooks of libraries have nothing to do here, and might wait for each other.
            Runtime.getRuntime().halt(code);
        }
    }

    private static ExitCode run(String[] arguments, Map<String, String> environment) {
        if (arguments.length == 1 && arguments[0].equals("--help")) {
            System.out.print(Help.text());
            return ExitCode.CLEAN;
        }
        boolean explain = arguments.length > 0 && arguments.length <= 2 && arguments[0].equals("--explain");
        if (arguments.length > 0 && !explain) {
            System.err.println("pgxl-agent: unknown argument " + arguments[0]
                    + ": allowed is --help, --explain [DIR], nothing, or the name of a program to be run, as the user of the"
                    + " servers, instead of the agent (as another user: docker run --entrypoint, or docker exec)");
            return ExitCode.USAGE;
        }
        // Takes longer than all that comes before it is needed.
        Optional<StartupTask<Void>> ssh = explain
                ? Optional.empty()
                : Optional.of(StartupTask.run("loading the SSH library", SshServer::loadLibrary));
        Settings.Reading reading = Settings.read(environment);
        if (reading instanceof Settings.Reading.Invalid invalid) {
            invalid.warnings().forEach(warning -> System.err.println("pgxl-agent: warning: " + warning));
            invalid.errors().forEach(error -> System.err.println("pgxl-agent: " + error));
            return ExitCode.USAGE;
        }
        var valid = (Settings.Reading.Valid) reading;
        if (ssh.isPresent()) {
            Optional<String> tooMany = HeapNeeds.refusal(
                    valid.settings().ssh().maximumSessions(), Runtime.getRuntime().maxMemory());
            if (tooMany.isPresent()) {
                System.err.println("pgxl-agent: PGXL_SSH_MAX_SESSIONS: " + tooMany.get());
                return ExitCode.USAGE;
            }
            return live(valid, environment, ssh.get());
        }
        return DryRun.explain(
                valid.settings(), arguments.length == 2 ? Path.of(arguments[1]) : valid.settings().home(), System.out);
    }

    private static ExitCode live(
            Settings.Reading.Valid reading, Map<String, String> environment, StartupTask<Void> sshLibrary) {
        Settings settings = reading.settings();
        Level level = Level.valueOf(settings.logLevel().toUpperCase(Locale.ROOT));
        AgentLog.Form form = AgentLog.Form.valueOf(settings.logFormat().toUpperCase(Locale.ROOT));
        try (AgentLog log = new AgentLog(AgentLog.standardOutput(), InstantSource.system(), level, form)) {
            Thread.setDefaultUncaughtExceptionHandler(new UncaughtFailures(log));
            Runtime.getRuntime().addShutdownHook(new Thread(Main::neverEnd, "no exit"));
            reading.warnings().forEach(warning -> log.warn("agent", warning));
            try {
                return new Container(settings, environment, log, sshLibrary).live();
            } catch (StartupException e) {
                log.error("agent", e.getMessage());
                return e.code();
            } finally {
                flush(log);
            }
        }
    }

    /**
     * Only {@link #main} ends PID 1, and by halt. Whoever calls exit, as the JDK does where the cleaner of a buffer fails,
     * waits here for ever.
     */
    private static void neverEnd() {
        while (true) {
            LockSupport.park();
        }
    }

    /** A failure here must not change the exit code of a clean stop. */
    private static void flush(AgentLog log) {
        try {
            log.flush(LAST_LINES);
        } catch (Throwable e) {
            log.leftOut();
        }
    }
}
