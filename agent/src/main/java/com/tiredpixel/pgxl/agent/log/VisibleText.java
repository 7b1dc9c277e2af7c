package com.tiredpixel.pgxl.agent.log;

/**
 * Text that somebody else wrote, made fit for one line on a terminal: no line break, no escape sequence, no
 * character that reorders or hides others. A tab stays: it can forge nothing.
 */
public final class VisibleText {
    private VisibleText() {
    }

    /**
     * @param text any text, such as the name of a file
     * @return the text with control characters as {@code \n}, {@code \r}, {@code \x1b} or {@code \}{@code u202e}
     */
    public static String of(String text) {
        if (text.codePoints().noneMatch(VisibleText::mustShow)) {
            return text;
        }
        StringBuilder visible = new StringBuilder(text.length() + 16);
        append(visible, text, Integer.MAX_VALUE);
        return visible.toString();
    }

    /** @return the text as {@link #of} has it, in quotes, so that it cannot be read as ending before it does */
    public static String quoted(String text) {
        return '"' + of(text.replace("\\", "\\\\").replace("\"", "\\\"")) + '"';
    }

    /**
     * @param text what to append
     * @param room how many bytes of UTF-8 it may take; at least 0
     * @return how many characters of the text there was no room for
     */
    static int append(StringBuilder line, String text, int room) {
        int left = room;
        int i = 0;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            String shown = mustShow(codePoint) ? escape(codePoint) : null;
            int width = shown == null ? utf8Length(codePoint) : shown.length();
            if (width > left) {
                return text.length() - i;
            }
            if (shown == null) {
                line.appendCodePoint(codePoint);
            } else {
                line.append(shown);
            }
            left -= width;
            i += Character.charCount(codePoint);
        }
        return 0;
    }

    private static int utf8Length(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }

    /** @return whether it controls a terminal, breaks a line, reorders or hides others, or is half a character */
    static boolean mustShow(int codePoint) {
        if (codePoint >= ' ' && codePoint < 0x7f || codePoint == '\t') {
            return false;
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    private static String escape(int codePoint) {
        return switch (codePoint) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            default -> codePoint < 0x100
                    ? String.format("\\x%02x", codePoint)
                    : String.format(codePoint < 0x10000 ? "\\u%04x" : "\\U%08x", codePoint);
        };
    }
}
