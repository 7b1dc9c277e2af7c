package com.tiredpixel.pgxl.agent.status.probe;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tiredpixel.pgxl.agent.status.Mutations;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever a server answers to a probe is a result, or none yet. */
class AnswerTest {

    /** A server that somebody else runs in place of PostgreSQL may answer a probe with anything. */
    @Test
    void anAnswerOfAnyBytesIsAResultOrNone() {
        byte[] sample = concat(new byte[] {'R', 0, 0, 0, 8, 0, 0, 0, 0}, error(), new byte[] {'Z', 0, 0, 0, 5, 'I'});
        Mutations.forAWhile(sample, bytes -> {
            for (ProbeProtocol protocol : List.of(new PostgresProtocol("postgres"), new GtmProtocol())) {
                protocol.result(bytes, bytes.length).ifPresent(AnswerTest::describe);
            }
        });
    }

    static void describe(ProbeResult said) {
        assertFalse(said.words().chars().anyMatch(c -> c < ' ' && c != '\t'), said.words());
    }

    private static byte[] error() {
        byte[] fields = "SFATAL\0C57P03\0Mthe database system is starting up\0\0".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(5 + fields.length).put((byte) 'E').putInt(4 + fields.length).put(fields).array();
    }

    private static byte[] concat(byte[]... parts) {
        var all = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
