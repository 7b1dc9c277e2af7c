package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.EventLog;
import org.tinylog.provider.LoggingProvider;
import org.tinylog.provider.ProviderRegistry;

/** Events through tinylog, with the subject as tag: what the agent says and what libraries say meet there. */
public final class TinylogEventLog implements EventLog {
    private static final String NAME = TinylogEventLog.class.getName();

    private final LoggingProvider provider = ProviderRegistry.getLoggingProvider();

    /** Leads to whatever log {@link AgentLoggingProvider#attach} named last. */
    public TinylogEventLog() {
    }

    @Override
    public void event(Level level, String subject, String message) {
        provider.log(NAME, subject, translate(level), null, null, message);
    }

    private static org.tinylog.Level translate(Level level) {
        return switch (level) {
            case DEBUG -> org.tinylog.Level.DEBUG;
            case INFO -> org.tinylog.Level.INFO;
            case WARN -> org.tinylog.Level.WARN;
            case ERROR -> org.tinylog.Level.ERROR;
        };
    }
}
