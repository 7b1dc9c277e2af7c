package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One JSON object a line: {@code time}, {@code level}, {@code logger}, {@code subject}, {@code message}. The
 * logger is {@code agent}, {@code ssh}, {@code ssh.audit}, {@code node} for what the agent says of a node, and
 * {@code server} for what a node's server said itself.
 */
final class JsonFormat {
    private JsonFormat() {
    }

    /** @return the line of an event, with its line break, in UTF-8 */
    static byte[] event(Instant at, EventLog.Level level, String subject, String message) {
        String logger = switch (subject) {
            case "agent", "ssh", EventLog.AUDIT -> subject;
            default -> "node";
        };
        return line(at, level, logger, subject, message, 0);
    }

    /** @return as {@link #event}, for what a server printed; {@code alreadyCut} bytes never got here */
    static byte[] serverLine(Instant at, String subject, String text, long alreadyCut) {
        return line(at, EventLog.Level.INFO, "server", subject, text, alreadyCut);
    }

    private static byte[] line(
            Instant at, EventLog.Level level, String logger, String subject, String text, long alreadyCut) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time", LineFormat.time(at));
        fields.put("level", level.name());
        fields.put("logger", logger);
        fields.put("subject", cut(subject));
        fields.put("message", cut(text));
        long cut = alreadyCut + Math.max(0, text.length() - LineFormat.LONGEST);
        if (cut > 0) {
            fields.put("cut", cut);
        }
        return (Json.of(fields) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String cut(String text) {
        return text.length() <= LineFormat.LONGEST ? text : text.substring(0, LineFormat.LONGEST);
    }
}
