package com.tiredpixel.pgxl.agent.status.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A whole HTTP request.
 *
 * @param method such as {@code GET}
 * @param path without the query
 * @param headers names in lower case
 * @param body empty if there is none
 * @param peer who asks
 */
public record Request(String method, String path, Map<String, String> headers, byte[] body, Peer peer) {

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
    /** Of these a second one would say something else to whoever reads the last than to whoever reads the first. */
    private static final Set<String> ONCE = Set.of("host", "content-length", "transfer-encoding");

    /**
     * @param bytes what has come
     * @param length how many of them
     * @param peer who sent them
     */
    static Parsed parse(byte[] bytes, int length, Peer peer) {
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
        return head(new String(bytes, 0, end, StandardCharsets.ISO_8859_1), end, peer);
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

    private static Parsed head(String text, int length, Peer peer) {
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
                String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
                String before = headers.putIfAbsent(name, line.substring(colon + 1).strip());
                if (before != null && ONCE.contains(name)) {
                    return new Parsed.Bad(400, "there may be one " + name + " only");
                }
            }
        }
        if (headers.containsKey("transfer-encoding")) {
            return new Parsed.Bad(411, "say Content-Length; no transfer encoding is known here");
        }
        String said = headers.getOrDefault("content-length", "0");
        if (!said.matches("[0-9]{1,9}") || Integer.parseInt(said) > LONGEST_BODY) {
            return new Parsed.Bad(413, "the body is longer than " + LONGEST_BODY + " bytes");
        }
        if (Integer.parseInt(said) > 0 && !first[0].equals("POST")) {
            return new Parsed.Bad(400, "only a POST has a body");
        }
        String path = first[1].split("\\?", 2)[0];
        return new Parsed.Head(
                new Request(first[0], path, headers, new byte[0], peer), Integer.parseInt(said), length);
    }

    Request with(byte[] wholeBody) {
        return new Request(method, path, headers, wholeBody, peer);
    }

    /** @return its value, empty if it is not there */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }
}
