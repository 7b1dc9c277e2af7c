package com.tiredpixel.pgxl.agent.status;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A whole HTTP request.
 *
 * @param method such as {@code GET}
 * @param path without the query
 * @param headers names in lower case
 * @param body empty if there is none
 * @param local whether the client is on this machine
 */
record Request(String method, String path, Map<String, String> headers, byte[] body, boolean local) {

    /** What the bytes so far amount to. */
    sealed interface Parsed {
        /** @param request without a body yet @param bodyLength how many bytes are to follow @param headLength so far */
        record Head(Request request, int bodyLength, int headLength) implements Parsed {
        }

        record Incomplete() implements Parsed {
        }

        /** @param status to answer with */
        record Bad(int status, String reason) implements Parsed {
        }
    }

    static final int LONGEST_HEAD = 8 * 1024;
    static final int LONGEST_BODY = 32 * 1024;

    /**
     * @param bytes what has come
     * @param length how many of them
     */
    static Parsed parse(byte[] bytes, int length, boolean local) {
        int end = endOfHead(bytes, length);
        if (end < 0) {
            if (length < LONGEST_HEAD) {
                return new Parsed.Incomplete();
            }
            boolean inFirstLine = new String(bytes, 0, length, StandardCharsets.ISO_8859_1).indexOf('\n') < 0;
            return inFirstLine
                    ? new Parsed.Bad(414, "the request line is longer than " + LONGEST_HEAD + " bytes")
                    : new Parsed.Bad(431, "the head is longer than " + LONGEST_HEAD + " bytes");
        }
        return head(new String(bytes, 0, end, StandardCharsets.ISO_8859_1), end, local);
    }

    private static int endOfHead(byte[] bytes, int length) {
        int lineStart = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                boolean blank = i == lineStart || i == lineStart + 1 && bytes[lineStart] == '\r';
                if (blank && lineStart > 0) {
                    return i + 1;
                }
                lineStart = i + 1;
            }
        }
        return -1;
    }

    private static Parsed head(String text, int length, boolean local) {
        List<String> lines = new ArrayList<>();
        text.lines().forEach(lines::add);
        String[] first = lines.get(0).split(" ", -1);
        if (first.length != 3 || !first[0].matches("[A-Z]{1,16}") || !first[1].startsWith("/")
                || !first[2].matches("HTTP/1\\.[0-9]")) {
            return new Parsed.Bad(400, "that is no HTTP/1 request line");
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.putIfAbsent(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
            }
        }
        if (headers.containsKey("transfer-encoding")) {
            return new Parsed.Bad(411, "say Content-Length; no transfer encoding is known here");
        }
        String said = headers.getOrDefault("content-length", "0");
        if (!said.matches("[0-9]{1,9}") || Integer.parseInt(said) > LONGEST_BODY) {
            return new Parsed.Bad(413, "the body is longer than " + LONGEST_BODY + " bytes");
        }
        String path = first[1].split("\\?", 2)[0];
        return new Parsed.Head(
                new Request(first[0], path, headers, new byte[0], local), Integer.parseInt(said), length);
    }

    Request with(byte[] wholeBody) {
        return new Request(method, path, headers, wholeBody, local);
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }
}
