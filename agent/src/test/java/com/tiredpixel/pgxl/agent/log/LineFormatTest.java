package com.tiredpixel.pgxl.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LineFormatTest {
    private static final Instant AT = Instant.parse("2026-11-23T05:50:01.123456789Z");

    @Test
    void anEventIsOneLineInUtc() {
        assertEquals(
                "2026-11-23T05:50:01.123Z INFO  coordinator data/coord: is ready\n",
                event(EventLog.Level.INFO, "coordinator data/coord", "is ready"));
        assertEquals("2026-11-23T05:50:01.123Z ERROR agent: x\n", event(EventLog.Level.ERROR, "agent", "x"));
        assertEquals("2026-11-23T05:50:01.123Z WARN  agent: x\n", event(EventLog.Level.WARN, "agent", "x"));
        assertEquals("2026-11-23T05:50:01.123Z DEBUG agent: x\n", event(EventLog.Level.DEBUG, "agent", "x"));
    }

    @Test
    void timesHaveTheirZeros() {
        byte[] line = LineFormat.event(Instant.ofEpochMilli(4), EventLog.Level.INFO, "a", "b");

        assertTrue(new String(line, StandardCharsets.UTF_8).startsWith("1970-01-01T00:00:00.004Z "));
    }

    @Test
    void whatAServerPrintedHasABar() {
        assertEquals(
                "2026-11-23T05:50:01.123Z INFO  gtm data/gtm| LOG:  ready\n",
                new String(LineFormat.serverLine(AT, "gtm data/gtm", "LOG:  ready", 0), StandardCharsets.UTF_8));
    }

    @Test
    void nothingInItMakesASecondLine() {
        String line = event(EventLog.Level.INFO, "a\nb", "c\r\n2026-11-23T05:50:01.123Z INFO  agent: all is well");

        assertEquals(1, line.lines().count());
        assertTrue(line.contains("a\\nb: c\\r\\n2026"), line);
    }

    @Test
    void aLongMessageIsCutWithAMark() {
        String line = event(EventLog.Level.INFO, "a", "ü".repeat(1_000_000));

        assertTrue(line.endsWith("ü [… 995904 characters cut]\n"), line.substring(line.length() - 50));
        assertTrue(line.getBytes(StandardCharsets.UTF_8).length < LineFormat.LONGEST + 100);
    }

    private static String event(EventLog.Level level, String subject, String message) {
        return new String(LineFormat.event(AT, level, subject, message), StandardCharsets.UTF_8);
    }
}
