package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * {@code 2026-11-23T05:50:01.123Z INFO  coordinator data/coord: message}, always in UTC and always one line.
 */
final class LineFormat {
    /** Bytes of subject and message together; what lies beyond is cut. */
    static final int LONGEST = 8 * 1024;

    private LineFormat() {
    }

    /** @return the line of an event, with its line break, in UTF-8 */
    static byte[] event(Instant at, EventLog.Level level, String subject, String message) {
        return line(at, level, subject, ": ", message, 0);
    }

    /** @return as {@link #event}, for what a server printed; {@code alreadyCut} bytes never got here */
    static byte[] serverLine(Instant at, String subject, String text, long alreadyCut) {
        return line(at, EventLog.Level.INFO, subject, "| ", text, alreadyCut);
    }

    private static byte[] line(
            Instant at, EventLog.Level level, String subject, String separator, String text, long alreadyCut) {
        StringBuilder line = new StringBuilder(64 + subject.length() + Math.min(text.length(), LONGEST));
        time(line, at);
        line.append(' ').append(level).append(level.name().length() == 4 ? "  " : " ");
        VisibleText.append(line, subject, LONGEST / 4);
        line.append(separator);
        long cut = alreadyCut + VisibleText.append(line, text, LONGEST);
        if (cut > 0) {
            line.append(" [… ").append(cut).append(alreadyCut > 0 ? " bytes" : " characters").append(" cut]");
        }
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** @return such as {@code 2026-11-23T05:50:01.123Z} */
    static String time(Instant at) {
        StringBuilder text = new StringBuilder(24);
        time(text, at);
        return text.toString();
    }

    /** By hand: a formatter of java.time costs a start-up of PID 1 some hundred classes. */
    private static void time(StringBuilder line, Instant at) {
        LocalDateTime utc = LocalDateTime.ofEpochSecond(at.getEpochSecond(), at.getNano(), ZoneOffset.UTC);
        digits(line, utc.getYear(), 4).append('-');
        digits(line, utc.getMonthValue(), 2).append('-');
        digits(line, utc.getDayOfMonth(), 2).append('T');
        digits(line, utc.getHour(), 2).append(':');
        digits(line, utc.getMinute(), 2).append(':');
        digits(line, utc.getSecond(), 2).append('.');
        digits(line, utc.getNano() / 1_000_000, 3).append('Z');
    }

    private static StringBuilder digits(StringBuilder line, int number, int width) {
        String text = Integer.toString(number);
        return line.append("0".repeat(Math.max(0, width - text.length()))).append(text);
    }
}
