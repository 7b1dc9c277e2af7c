package com.tiredpixel.pgxl.agent.status.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.status.Mutations;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Whatever a client sends is understood or refused. */
class RequestTest {
    static final Peer HERE = new Peer(true, "127.0.0.1:9432", "");

    @Test
    void aRequestOfAnyBytesIsParsedOrRefused() {
        byte[] sample = "POST /pgxl?x=1 HTTP/1.1\r\nContent-Length: 12\r\nPgxl-Token: 0\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII);
        Mutations.forAWhile(sample, bytes -> describe(Request.parse(bytes, bytes.length, HERE), bytes.length));
    }

    static void describe(Request.Parsed parsed, int length) {
        if (parsed instanceof Request.Parsed.Head head) {
            assertTrue(head.bodyLength() >= 0 && head.bodyLength() <= Request.LONGEST_BODY);
            assertTrue(head.headLength() <= length);
            assertTrue(head.request().path().startsWith("/"));
        } else if (parsed instanceof Request.Parsed.Bad bad) {
            assertTrue(bad.status() >= 400 && bad.status() < 500);
        }
    }
}
