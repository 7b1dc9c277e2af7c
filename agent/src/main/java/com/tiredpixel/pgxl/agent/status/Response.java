package com.tiredpixel.pgxl.agent.status;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a client gets.
 *
 * @param status of HTTP
 * @param type of the content
 * @param headers others
 * @param body the content
 */
record Response(int status, String type, Map<String, String> headers, byte[] body) {
    static final String TEXT = "text/plain; charset=utf-8";
    static final String JSON = "application/json";

    static Response text(int status, String text) {
        return new Response(status, TEXT, Map.of(), text.getBytes(StandardCharsets.UTF_8));
    }

    static Response json(int status, String json) {
        return new Response(status, JSON, Map.of(), json.getBytes(StandardCharsets.UTF_8));
    }

    Response with(String name, String value) {
        return new Response(status, type, Map.of(name, value), body);
    }

    /** @param head whether only the head was asked for */
    byte[] bytes(boolean head) {
        StringBuilder text = new StringBuilder("HTTP/1.1 ").append(status).append(' ').append(phrase(status))
                .append("\r\nContent-Type: ").append(type)
                .append("\r\nContent-Length: ").append(body.length)
                .append("\r\nCache-Control: no-store\r\nConnection: close\r\n");
        headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        byte[] start = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        var bytes = new ByteArrayOutputStream(start.length + body.length);
        bytes.writeBytes(start);
        if (!head) {
            bytes.writeBytes(body);
        }
        return bytes.toByteArray();
    }

    private static String phrase(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 411 -> "Length Required";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }
}
