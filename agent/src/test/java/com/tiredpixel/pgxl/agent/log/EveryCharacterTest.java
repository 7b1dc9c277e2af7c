package com.tiredpixel.pgxl.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each of the 1,114,112 code points in turn, in whatever form text leaves the agent. */
class EveryCharacterTest {

    /** Written out, so that it does not stand or fall with the tables of the JDK that runs. */
    static boolean isDangerous(int c) {
        return c < ' ' && c != '\t' || c >= 0x7f && c <= 0x9f
                || c == 0xad || c == 0x61c || c == 0xfeff
                || c >= 0x200b && c <= 0x200f
                || c >= 0x2028 && c <= 0x202e
                || c >= 0x2066 && c <= 0x2069
                || c >= 0xd800 && c <= 0xdfff
                || c == 0xe0001 || c >= 0xe0020 && c <= 0xe007f;
    }

    private static void assertNoneIn(UnaryOperator<String> writer, IntPredicate dangerous) {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String written = writer.apply("a" + Character.toString(c) + "b");
            String seen = new String(written.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            if (seen.codePoints().anyMatch(dangerous)) {
                assertEquals("", seen, "U+" + Integer.toHexString(c));
            }
        }
    }

    @Test
    void visibleTextLetsNoneThroughThatControlsReordersOrHides() {
        assertNoneIn(VisibleText::of, EveryCharacterTest::isDangerous);
        assertNoneIn(VisibleText::quoted, EveryCharacterTest::isDangerous);
    }

    @Test
    void jsonLetsNoneThroughThatControlsReordersOrHides() {
        assertNoneIn(Json::of, c -> isDangerous(c) || c == '\t');
    }

    @Test
    void theLinesOfTheLogLetNoneThrough() {
        IntPredicate inLine = c -> isDangerous(c) && c != '\n';
        assertNoneIn(text -> utf8(LineFormat.event(Instant.EPOCH, EventLog.Level.INFO, text, text)), inLine);
        assertNoneIn(text -> utf8(LineFormat.serverLine(Instant.EPOCH, text, text, 0)), inLine);
        assertNoneIn(text -> utf8(JsonFormat.event(Instant.EPOCH, EventLog.Level.INFO, text, text)), inLine);
        assertNoneIn(text -> utf8(JsonFormat.serverLine(Instant.EPOCH, text, text, 0)), inLine);
    }

    private static String utf8(byte[] line) {
        return new String(line, StandardCharsets.UTF_8);
    }

    /** Negative control: the tester sees what it looks for, and escapes are no deletions. */
    @Test
    void whatIsHarmlessStaysAndTheRestIsTold() {
        assertTrue("\u009b31m".codePoints().anyMatch(EveryCharacterTest::isDangerous));
        assertEquals("größer 日本 😀", VisibleText.of("größer 日本 😀"));
        assertEquals("\"größer 日本 😀\"", Json.of("größer 日本 😀"));
        assertEquals("\"\\u009b\\u202e\\u0009\\u007f\"", Json.of("\u009b\u202e\t\u007f"));
        assertEquals("\"\\udb40\\udc01\"", Json.of(Character.toString(0xe0001)), "two units of UTF-16, as RFC 8259 has it");
        assertEquals("\"\ufffd\"", Json.of("\ud800"), "PostgreSQL refuses the escape of half a character");
    }

    @Test
    void whatStandsInQuotesCannotEndThem() {
        assertEquals("\"true\\\": exit 0\"", VisibleText.quoted("true\": exit 0"));
        assertEquals("\"\\\\\"", VisibleText.quoted("\\"));
        assertFalse(VisibleText.quoted("\u202e\"").contains("\u202e"));
    }
}
