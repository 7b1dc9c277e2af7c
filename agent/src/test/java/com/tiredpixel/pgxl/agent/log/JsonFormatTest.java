package com.tiredpixel.pgxl.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JsonFormatTest {
    private static final Instant AT = Instant.parse("2026-11-23T05:50:01.123Z");

    @Test
    void anEventIsOneObjectOnOneLine() {
        assertEquals(
                "{\"time\":\"2026-11-23T05:50:01.123Z\",\"level\":\"WARN\",\"logger\":\"node\","
                        + "\"subject\":\"gtm data/gtm\",\"message\":\"a \\\"quote\\\", a \\\\ and a\\u000abreak\"}\n",
                text(JsonFormat.event(AT, EventLog.Level.WARN, "gtm data/gtm", "a \"quote\", a \\ and a\nbreak")));
    }

    @Test
    void theLoggerTellsTheSourcesApart() {
        for (String logger : new String[] {"agent", "ssh", "ssh.audit"}) {
            assertTrue(text(JsonFormat.event(AT, EventLog.Level.INFO, logger, "x"))
                    .contains("\"logger\":\"" + logger + "\""));
        }
        assertTrue(text(JsonFormat.serverLine(AT, "gtm data/gtm", "x", 7)).contains("\"logger\":\"server\""));
        assertTrue(text(JsonFormat.serverLine(AT, "gtm data/gtm", "x", 7)).contains("\"cut\":7"));
    }

    @Test
    void halfACharacterIsReplaced() {
        assertTrue(text(JsonFormat.event(AT, EventLog.Level.INFO, "agent", "a\ud800b")).contains("a\ufffdb"));
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.UTF_8);
    }
}
