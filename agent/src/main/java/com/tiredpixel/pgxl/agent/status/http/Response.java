package com.tiredpixel.pgxl.agent.status.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a client gets.
 *
 * @param status of HTTP
 * @param type of the content
 * @param headers others
 * @param body the content; one array may go to many clients
 * @param challenge what the client's next request on this connection has to answer; empty if there is no next
 */
public record Response(int status, String type, Map<String, String> headers, byte[] body, String challenge) {
    /** Types of content. */
    public static final String TEXT = "text/plain; charset=utf-8";
    static final String JSON = "application/json";

    /** @return a response that is the last on its connection */
    public static Response of(int status, String type, byte[] body) {
        return new Response(status, type, Map.of(), body, "");
    }

    /** @return as {@link #of} */
    public static Response text(int status, String text) {
        return of(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @return as {@link #of} */
    public static Response json(int status, String json) {
        return of(status, JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    /** @return the same with one more header */
    public Response with(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new Response(status, type, more, body, challenge);
    }

    /** @param words given back with the next request on the connection, which otherwise would have no next */
    public Response challengedWith(String words) {
        return new Response(status, type, headers, body, words);
    }

    /** @return all that goes before the body */
    ByteBuffer head() {
        StringBuilder text = new StringBuilder("HTTP/1.1 ").append(status).append(' ').append(phrase(status))
                .append("\r\nContent-Type: ").append(type)
                .append("\r\nContent-Length: ").append(body.length)
                .append("\r\nCache-Control: no-store\r\nConnection: ")
                .append(challenge.isEmpty() ? "close" : "keep-alive").append("\r\n");
        headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        return ByteBuffer.wrap(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String phrase(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 411 -> "Length Required";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 421 -> "Misdirected Request";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }
}
