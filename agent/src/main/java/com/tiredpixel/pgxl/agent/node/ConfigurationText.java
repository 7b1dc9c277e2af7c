package com.tiredpixel.pgxl.agent.node;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code name = value} lines by the rules of PostgreSQL's {@code guc-file.l}, which GTM's
 * {@code gtm_opt_scanner.l} repeats: the equals sign may be missing, names know no case, the last line wins,
 * {@code #} starts a comment, and a value is a word, a number or a quoted string. Other lines are passed over;
 * a server would refuse to start on them.
 */
final class ConfigurationText {
    private static final int LONGEST_LINE = 64 * 1024;

    private final Map<String, String> values = new HashMap<>();

    private ConfigurationText() {
    }

    static ConfigurationText parse(String text) {
        ConfigurationText configuration = new ConfigurationText();
        configuration.override(text);
        return configuration;
    }

    /** @param later the text of a file that is read after, and beats, what was read so far */
    void override(String later) {
        int from = 0;
        while (from < later.length()) {
            int end = later.indexOf('\n', from);
            end = end < 0 ? later.length() : end;
            if (end - from <= LONGEST_LINE) {
                take(later.substring(from, end));
            }
            from = end + 1;
        }
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    OptionalInt port(String name) {
        return Port.parse(values.getOrDefault(name, ""));
    }

    boolean isOn(String name) {
        String text = values.getOrDefault(name, "").toLowerCase(Locale.ROOT);
        // parse_bool: any beginning of true and yes, but "o" could be off.
        return text.equals("1") || text.equals("on")
                || !text.isEmpty() && ("true".startsWith(text) || "yes".startsWith(text));
    }

    /** By hand: a regular expression for the quoted string would need a stack as deep as the string is long. */
    private void take(String line) {
        int nameStart = skipBlanks(line, 0);
        int nameEnd = nameStart;
        while (nameEnd < line.length() && (isWord(line.charAt(nameEnd)) || line.charAt(nameEnd) == '.')) {
            nameEnd++;
        }
        int valueStart = skipBlanks(line, nameEnd);
        if (valueStart < line.length() && line.charAt(valueStart) == '=') {
            valueStart = skipBlanks(line, valueStart + 1);
        }
        int valueEnd = valueEnd(line, valueStart);
        int rest = skipBlanks(line, valueEnd);
        boolean whole = rest == line.length() || line.charAt(rest) == '#';
        if (nameEnd > nameStart && valueEnd > valueStart && whole) {
            String value = line.substring(valueStart, valueEnd);
            values.put(
                    line.substring(nameStart, nameEnd).toLowerCase(Locale.ROOT),
                    value.startsWith("'") ? unquote(value.substring(1, value.length() - 1)) : value);
        }
    }

    /** @return where the value ends, or its start if there is none */
    private static int valueEnd(String line, int start) {
        int i = start;
        if (i < line.length() && line.charAt(i) == '\'') {
            for (i++; i < line.length(); i++) {
                char c = line.charAt(i);
                if (c == '\\') {
                    i++;
                } else if (c == '\'') {
                    if (i + 1 == line.length() || line.charAt(i + 1) != '\'') {
                        return i + 1;
                    }
                    i++;
                }
            }
            return start;
        }
        while (i < line.length() && (isWord(line.charAt(i)) || "-+._:/".indexOf(line.charAt(i)) >= 0)) {
            i++;
        }
        return i;
    }

    private static boolean isWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80;
    }

    private static int skipBlanks(String line, int from) {
        int i = from;
        while (i < line.length() && " \t\r".indexOf(line.charAt(i)) >= 0) {
            i++;
        }
        return i;
    }

    /** {@code GUC_scanstr}: doubled quotes, and backslash escapes. */
    private static String unquote(String quoted) {
        StringBuilder value = new StringBuilder(quoted.length());
        for (int i = 0; i < quoted.length(); i++) {
            char c = quoted.charAt(i);
            if (c == '\'') {
                i++;
            } else if (c == '\\') {
                c = quoted.charAt(++i);
                int at = "bfnrt".indexOf(c);
                if (at >= 0) {
                    c = "\b\f\n\r\t".charAt(at);
                } else if (c >= '0' && c <= '7') {
                    int end = i;
                    int octal = 0;
                    while (end < quoted.length() && end < i + 3 && "01234567".indexOf(quoted.charAt(end)) >= 0) {
                        octal = octal * 8 + quoted.charAt(end++) - '0';
                    }
                    c = (char) (octal & 0xff);
                    i = end - 1;
                }
            }
            value.append(c);
        }
        return value.toString();
    }
}
