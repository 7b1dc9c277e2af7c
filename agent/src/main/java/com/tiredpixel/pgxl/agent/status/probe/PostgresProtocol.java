package com.tiredpixel.pgxl.agent.status.probe;

import com.tiredpixel.pgxl.agent.status.probe.ProbeResult.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The startup packet of protocol 3.0. A server that asks for a password has done all that it does for a
 * client before it knows him. One that lets us in without is followed up to its "ready for query": only then
 * has a coordinator or datanode of Postgres-XL got its snapshot from GTM.
 */
final class PostgresProtocol implements ProbeProtocol {
    private static final int PROTOCOL_3_0 = 3 << 16;

    private final String user;

    PostgresProtocol(String user) {
        this.user = user;
    }

    @Override
    public byte[] opening() {
        var parameters = new ByteArrayOutputStream();
        for (String text : List.of("user", user, "database", "postgres", "application_name", "pgxl-agent")) {
            parameters.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            parameters.write(0);
        }
        parameters.write(0);
        return ByteBuffer.allocate(8 + parameters.size())
                .putInt(8 + parameters.size())
                .putInt(PROTOCOL_3_0)
                .put(parameters.toByteArray())
                .array();
    }

    @Override
    public byte[] farewell() {
        return new byte[] {'X', 0, 0, 0, 4};
    }

    @Override
    public Optional<ProbeResult> result(byte[] bytes, int length) {
        int at = 0;
        while (at + 5 <= length) {
            int size = ByteBuffer.wrap(bytes, at + 1, 4).getInt();
            if (size < 4 || size > 64 * 1024) {
                return Optional.of(new ProbeResult(Kind.CANNOT, "it answers, but not as PostgreSQL does"));
            }
            if (at + 1 + size > length) {
                return Optional.empty();
            }
            Optional<ProbeResult> result = message(bytes[at], ByteBuffer.wrap(bytes, at + 5, size - 4));
            if (result.isPresent()) {
                return result;
            }
            at += 1 + size;
        }
        return Optional.empty();
    }

    private static Optional<ProbeResult> message(byte type, ByteBuffer content) {
        return switch (type) {
            case 'Z' -> Optional.of(new ProbeResult(Kind.SERVES, "is ready for queries"));
            case 'R' -> content.remaining() >= 4 && content.getInt() == 0
                    ? Optional.empty()
                    : Optional.of(new ProbeResult(Kind.SERVES, "asks clients to authenticate"));
            case 'E' -> Optional.of(error(fields(content)));
            default -> Optional.empty();
        };
    }

    /** SQLSTATEs of appendix A: 57P03 cannot_connect_now, 53300 too_many_connections, 28 authorization. */
    private static ProbeResult error(Map<Character, String> fields) {
        String state = fields.getOrDefault('C', "");
        String says = fields.getOrDefault('M', "an error without a message");
        if (state.equals("57P03")) {
            return new ProbeResult(Kind.NOT_NOW, says);
        }
        if (state.equals("53300")) {
            return new ProbeResult(Kind.FULL, says);
        }
        // It has looked into its catalogs or its pg_hba.conf, and only this client is not welcome.
        if (state.startsWith("28") || state.equals("3D000")) {
            return new ProbeResult(Kind.SERVES, "serves others (" + says + ")");
        }
        return new ProbeResult(Kind.CANNOT, says + " (SQLSTATE " + state + ")");
    }

    private static Map<Character, String> fields(ByteBuffer content) {
        Map<Character, String> fields = new HashMap<>();
        while (content.hasRemaining()) {
            char name = (char) content.get();
            var text = new ByteArrayOutputStream();
            byte next = content.hasRemaining() ? content.get() : 0;
            while (next != 0) {
                text.write(next);
                next = content.hasRemaining() ? content.get() : 0;
            }
            fields.putIfAbsent(name, text.toString(StandardCharsets.UTF_8));
        }
        return fields;
    }
}
