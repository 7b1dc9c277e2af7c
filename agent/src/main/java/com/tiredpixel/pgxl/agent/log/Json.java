package com.tiredpixel.pgxl.agent.log;

import java.util.List;
import java.util.Map;

/**
 * Writes JSON: maps, lists, texts, numbers, truth values and null. What it writes has no line break, and nothing that
 * {@link VisibleText} would show as an escape: it may end on a terminal too.
 */
public final class Json {
    private Json() {
    }

    /** @param value a Map with text keys, a List, a String, a Number, a Boolean, or null */
    public static String of(Object value) {
        StringBuilder out = new StringBuilder();
        append(out, value);
        return out.toString();
    }

    private static void append(StringBuilder out, Object value) {
        if (value instanceof Map<?, ?> map) {
            String before = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(before);
                text(out, entry.getKey().toString());
                out.append(':');
                append(out, entry.getValue());
                before = ",";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> list) {
            String before = "[";
            for (Object element : list) {
                out.append(before);
                append(out, element);
                before = ",";
            }
            out.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof String string) {
            text(out, string);
        } else {
            out.append(value);
        }
    }

    /** A surrogate without its partner is no character, has no form in UTF-8, and PostgreSQL refuses its escape. */
    private static void text(StringBuilder out, String text) {
        out.append('"');
        int codePoint;
        for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
            codePoint = text.codePointAt(i);
            if (codePoint == '"' || codePoint == '\\') {
                out.append('\\').append((char) codePoint);
            } else if (Character.getType(codePoint) == Character.SURROGATE) {
                out.append('\ufffd');
            } else if (codePoint == '\t' || VisibleText.mustShow(codePoint)) {
                for (char unit : Character.toChars(codePoint)) {
                    out.append(String.format("\\u%04x", (int) unit));
                }
            } else {
                out.appendCodePoint(codePoint);
            }
        }
        out.append('"');
    }
}
