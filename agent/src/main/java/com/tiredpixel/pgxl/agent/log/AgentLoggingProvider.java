package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import org.tinylog.Level;
import org.tinylog.format.MessageFormatter;
import org.tinylog.provider.ContextProvider;
import org.tinylog.provider.LoggingProvider;
import org.tinylog.provider.NopContextProvider;
import org.tinylog.provider.ProviderRegistry;
import org.tinylog.runtime.RuntimeProvider;

/**
 * The logging provider that tinylog finds by its service file; it leads to an {@link AgentLog}.
 *
 * <p>It takes the place of tinylog's own, which has three properties that do not fit PID 1: without a
 * configuration file it logs at TRACE, and MINA then prints the private host key in hexadecimal digits; its
 * level is fixed at start; and a level for each package makes it walk the stack at every call. Here libraries
 * never get below WARN, whatever a configuration file or {@code PGXL_LOG_LEVEL} says, and not beyond a rate.
 */
public final class AgentLoggingProvider implements LoggingProvider {
    private final ContextProvider context = new NopContextProvider();
    private volatile LibraryLines libraries;

    /** Made by tinylog, once. Until {@link #attach} nothing is logged. */
    public AgentLoggingProvider() {
    }

    /**
     * Leads everything that is logged through tinylog, now or through SLF4J later, to this log.
     *
     * @throws IllegalStateException if tinylog runs with another provider
     */
    public static void attach(AgentLog log) {
        attach(log, MonotonicClock.system());
    }

    /** @param clock for the bound on what libraries log */
    static void attach(AgentLog log, MonotonicClock clock) {
        if (!(ProviderRegistry.getLoggingProvider() instanceof AgentLoggingProvider provider)) {
            throw new IllegalStateException("tinylog runs with "
                    + ProviderRegistry.getLoggingProvider().getClass().getName() + " instead of "
                    + AgentLoggingProvider.class.getName());
        }
        provider.libraries = new LibraryLines(log, clock);
    }

    @Override
    public ContextProvider getContextProvider() {
        return context;
    }

    /** Loggers of SLF4J keep this for ever, and spare themselves any call below it. */
    @Override
    public Level getMinimumLevel() {
        return Level.WARN;
    }

    @Override
    public Level getMinimumLevel(String tag) {
        return Level.WARN;
    }

    @Override
    public boolean isEnabled(int depth, String tag, Level level) {
        return isEnabled(level);
    }

    @Override
    public boolean isEnabled(String loggerClassName, String tag, Level level) {
        return isEnabled(level);
    }

    private boolean isEnabled(Level level) {
        LibraryLines target = libraries;
        boolean fit = level.compareTo(Level.WARN) >= 0 && level != Level.OFF;
        return fit && target != null && target.log().isEnabled(translate(level));
    }

    @Override
    public void log(
            int depth,
            String tag,
            Level level,
            Throwable exception,
            MessageFormatter formatter,
            Object message,
            Object... arguments) {
        if (isEnabled(level)) {
            output(level, RuntimeProvider.getCallerClassName(depth + 1), exception, formatter, message, arguments);
        }
    }

    @Override
    public void log(
            String loggerClassName,
            String tag,
            Level level,
            Throwable exception,
            MessageFormatter formatter,
            Object message,
            Object... arguments) {
        if (isEnabled(level)) {
            output(level, RuntimeProvider.getCallerClassName(loggerClassName), exception, formatter, message, arguments);
        }
    }

    /** The log outlives tinylog: whoever made it closes it. */
    @Override
    public void shutdown() {
    }

    private void output(
            Level level,
            String caller,
            Throwable exception,
            MessageFormatter formatter,
            Object message,
            Object... arguments) {
        LibraryLines target = libraries;
        if (target == null || !target.admit()) {
            return;
        }
        try {
            target.tellLeftOut();
            String text = text(formatter, message, arguments);
            target.log().event(translate(level), shortName(caller), exception == null ? text : text + causes(exception));
        } catch (Throwable noMemory) {
            // Whoever logs in a library does not expect that this fails.
            target.log().leftOut();
        }
    }

    /** A library's {@code toString} may fail; that must not reach whoever logs. */
    private static String text(MessageFormatter formatter, Object message, Object... arguments) {
        try {
            boolean plain = formatter == null || arguments == null || arguments.length == 0;
            return plain ? String.valueOf(message) : formatter.format(String.valueOf(message), arguments);
        } catch (RuntimeException failure) {
            return "a message could not be formatted: " + failure.getClass().getName();
        }
    }

    /** The first three causes, without stack traces: one line an event. */
    private static String causes(Throwable exception) {
        StringBuilder causes = new StringBuilder();
        Throwable cause = exception;
        for (int i = 0; i < 3 && cause != null; i++) {
            causes.append(i == 0 ? " (" : ", caused by ");
            causes.append(cause.getClass().getSimpleName()).append(": ").append(cause.getMessage());
            cause = cause.getCause();
        }
        return causes.append(')').toString();
    }

    private static String shortName(String className) {
        String name = className == null ? "library" : className.substring(className.lastIndexOf('.') + 1);
        int nested = name.indexOf('$');
        return nested > 0 ? name.substring(0, nested) : name;
    }

    private static EventLog.Level translate(Level level) {
        return switch (level) {
            case TRACE, DEBUG -> EventLog.Level.DEBUG;
            case INFO -> EventLog.Level.INFO;
            case WARN -> EventLog.Level.WARN;
            default -> EventLog.Level.ERROR;
        };
    }
}
