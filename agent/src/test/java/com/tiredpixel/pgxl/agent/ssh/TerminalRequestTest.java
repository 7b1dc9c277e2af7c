package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;

class TerminalRequestTest {
    private static TerminalRequest read(String type, long columns, byte... modes) {
        var buffer = new ByteArrayBuffer();
        buffer.putString(type);
        buffer.putUInt(columns);
        buffer.putUInt(24);
        buffer.putUInt(0);
        buffer.putUInt(0);
        buffer.putBytes(modes);
        return TerminalRequest.read(new ByteArrayBuffer(buffer.getCompactData()));
    }

    @Test
    void sizeTypeAndModesAreRead() {
        var request = read("xterm-256color", 80, new byte[] {1, 0, 0, 0, 3, 53, 0, 0, 0, 1, 0});
        assertEquals("xterm-256color", request.type());
        assertEquals(80, request.columns());
        assertEquals(Map.of(1, 3, 53, 1), request.modes());
    }

    @Test
    void modesEndAtTheirEndAtWhatIsUndefinedAndWhereTheyAreCut() {
        assertEquals(Map.of(1, 3), read("x", 80, new byte[] {1, 0, 0, 0, 3, (byte) 160, 0, 0, 0, 1}).modes());
        assertEquals(Map.of(1, 3), read("x", 80, new byte[] {1, 0, 0, 0, 3, 2, 0, 0}).modes());
        assertEquals(Map.of(), read("x", 80).modes());
    }

    @Test
    void aTypeThatIsNoNameOfATerminalBecomesDumb() {
        assertEquals("dumb", read("a b\n$(c)", 80).type());
        assertEquals("dumb", read("x".repeat(10_000), 80).type());
    }

    @Test
    void aSizeBeyondTheKernelsIsItsLargest() {
        assertEquals(65535, read("x", 0xffffffffL).columns());
    }
}
