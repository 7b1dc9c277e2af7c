package com.tiredpixel.pgxl.agent.status.probe;

import com.tiredpixel.pgxl.agent.status.probe.ProbeResult.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * GTM's startup message ({@code GTM_StartupPacket} in {@code gtm_c.h}), which its proxy takes too. As a
 * client of the default kind and not a postmaster it registers nothing, and no line is logged. It proves the
 * accept loop and the making of a thread; a proxy answers it by itself, so it does not prove the GTM behind.
 * Nothing deeper is asked: the messages that GTM answers end the worker thread of a proxy.
 */
final class GtmProtocol implements ProbeProtocol {
    private static final int NAME = 64;
    private static final int DEFAULT_CLIENT = 6;

    @Override
    public byte[] opening() {
        ByteBuffer packet = ByteBuffer.allocate(81);
        packet.put((byte) 'A').putInt(80);
        packet.put("pgxl-agent".getBytes(StandardCharsets.US_ASCII));
        packet.position(5 + NAME);
        // A C structure, in the byte order of the machine.
        packet.order(ByteOrder.nativeOrder()).putInt(DEFAULT_CLIENT);
        return packet.array();
    }

    @Override
    public byte[] farewell() {
        return new byte[] {'X', 0, 0, 0, 4};
    }

    @Override
    public Optional<ProbeResult> result(byte[] bytes, int length) {
        if (length == 0) {
            return Optional.empty();
        }
        if (bytes[0] == 'R') {
            return length < 9
                    ? Optional.empty()
                    : Optional.of(new ProbeResult(Kind.SERVES, "answers the startup message"));
        }
        return Optional.of(new ProbeResult(Kind.CANNOT, bytes[0] == 'E'
                ? "it refuses the startup message"
                : "it answers, but not as GTM does"));
    }
}
