package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.config.Help;
import com.tiredpixel.pgxl.agent.config.Settings;
import com.tiredpixel.pgxl.agent.log.AgentLog;
import com.tiredpixel.pgxl.agent.log.AgentLoggingProvider;
import com.tiredpixel.pgxl.agent.log.EventLog.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;

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
            e.printStackTrace();
        }
        // Not exit: shutdown hooks of libraries have nothing to do here, and might wait for each other.
        Runtime.getRuntime().halt(code);
    }

    private static ExitCode run(String[] arguments, Map<String, String> environment) {
        if (arguments.length == 1 && arguments[0].equals("--help")) {
            System.out.print(Help.text());
            return ExitCode.CLEAN;
        }
        boolean explain = arguments.length > 0 && arguments.length <= 2 && arguments[0].equals("--explain");
        if (arguments.length > 0 && !explain) {
            System.err.println("pgxl-agent: unknown argument " + arguments[0]
                    + ": allowed is --help, --explain [DIR], or nothing");
            return ExitCode.USAGE;
        }
        Settings.Reading reading = Settings.read(environment);
        if (reading instanceof Settings.Reading.Invalid invalid) {
            invalid.warnings().forEach(warning -> System.err.println("pgxl-agent: warning: " + warning));
            invalid.errors().forEach(error -> System.err.println("pgxl-agent: " + error));
            return ExitCode.USAGE;
        }
        if (explain) {
            Settings settings = ((Settings.Reading.Valid) reading).settings();
            return DryRun.explain(
                    settings, arguments.length == 2 ? Path.of(arguments[1]) : settings.home(), System.out);
        }
        return live((Settings.Reading.Valid) reading, environment);
    }

    private static ExitCode live(Settings.Reading.Valid reading, Map<String, String> environment) {
        Settings settings = reading.settings();
        Level level = Level.valueOf(settings.logLevel().toUpperCase(Locale.ROOT));
        AgentLog.Form form = AgentLog.Form.valueOf(settings.logFormat().toUpperCase(Locale.ROOT));
        try (AgentLog log = new AgentLog(AgentLog.standardOutput(), InstantSource.system(), level, form)) {
            AgentLoggingProvider.attach(log);
            reading.warnings().forEach(warning -> log.warn("agent", warning));
            try {
                return new Container(settings, environment, log).live();
            } catch (StartException e) {
                log.error("agent", e.getMessage());
                return e.code();
            } finally {
                log.flush(LAST_LINES);
            }
        }
    }
}
