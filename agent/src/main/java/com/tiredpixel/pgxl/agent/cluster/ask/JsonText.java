package com.tiredpixel.pgxl.agent.cluster.ask;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON: maps, lists, texts, doubles, truth values and null. Whoever sent it may have sent anything. By hand, because
 * neither Java nor a library that the agent has reads JSON: one more would lie beside PID 1 in every image.
 */
public final class JsonText {
    private static final int DEEPEST = 50;

    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    /**
     * @return the value
     * @throws IllegalArgumentException with the place where it is no JSON
     */
    public static Object read(String text) {
        var reader = new JsonText(text);
        Object value = reader.value(0);
        reader.blanks();
        if (reader.at < text.length()) {
            throw reader.wrong();
        }
        return value;
    }

    private Object value(int depth) {
        blanks();
        if (depth > DEEPEST || at >= text.length()) {
            throw wrong();
        }
        return switch (text.charAt(at)) {
            case '{' -> map(depth);
            case '[' -> list(depth);
            case '"' -> string();
            default -> word();
        };
    }

    private Map<String, Object> map(int depth) {
        Map<String, Object> map = new LinkedHashMap<>();
        at++;
        if (!taken('}')) {
            do {
                blanks();
                String key = string();
                want(':');
                map.put(key, value(depth + 1));
            } while (taken(','));
            want('}');
        }
        return map;
    }

    private List<Object> list(int depth) {
        List<Object> list = new ArrayList<>();
        at++;
        if (!taken(']')) {
            do {
                list.add(value(depth + 1));
            } while (taken(','));
            want(']');
        }
        return list;
    }

    private String string() {
        if (at >= text.length() || text.charAt(at) != '"') {
            throw wrong();
        }
        var out = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char one = text.charAt(at);
            if (one == '"') {
                at++;
                return out.toString();
            }
            out.append(one == '\\' ? escaped() : one);
        }
        throw wrong();
    }

    private char escaped() {
        at++;
        if (at >= text.length()) {
            throw wrong();
        }
        return switch (text.charAt(at)) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case '"', '\\', '/' -> text.charAt(at);
            case 'u' -> {
                if (at + 4 >= text.length()) {
                    throw wrong();
                }
                at += 4;
                try {
                    yield (char) Integer.parseInt(text, at - 3, at + 1, 16);
                } catch (NumberFormatException e) {
                    throw wrong();
                }
            }
            default -> throw wrong();
        };
    }

    private Object word() {
        int start = at;
        while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at);
        switch (word) {
            case "true":
                return true;
            case "false":
                return false;
            case "null":
                return null;
            default:
                if (!word.matches("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?")) {
                    at = start;
                    throw wrong();
                }
                return Double.valueOf(word);
        }
    }

    private boolean taken(char one) {
        blanks();
        boolean there = at < text.length() && text.charAt(at) == one;
        if (there) {
            at++;
        }
        return there;
    }

    private void want(char one) {
        if (!taken(one)) {
            throw wrong();
        }
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException("no JSON at character " + at);
    }
}
