package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.PseudoTerminal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * What a client asks of its terminal, RFC 4254, section 6.2.
 *
 * @param type the value of {@code TERM}
 * @param encodedModes section 8; as they came, because a client may leave many of them lying
 */
record TerminalRequest(
        String type, int columns, int rows, int widthPixels, int heightPixels, byte[] encodedModes) {
    private static final int LONGEST_TYPE = 64;
    private static final int MODE = 5;
    private static final int TTY_OP_END = 0;
    /** Opcodes from here on have no argument of a known length. */
    private static final int FIRST_UNDEFINED = 160;

    /** @throws RuntimeException if the buffer does not hold a whole request */
    static TerminalRequest read(Buffer buffer) {
        String type = buffer.getString();
        if (!type.matches("[A-Za-z0-9+._-]{0," + LONGEST_TYPE + "}")) {
            type = "dumb";
        }
        return new TerminalRequest(
                type,
                size(buffer.getUInt()),
                size(buffer.getUInt()),
                size(buffer.getUInt()),
                size(buffer.getUInt()),
                cut(buffer.getBytes()));
    }

    /** The kernel keeps sizes in 16 bits. */
    private static int size(long value) {
        return (int) Math.min(value, 65535);
    }

    private static byte[] cut(byte[] encoded) {
        return Arrays.copyOf(encoded, Math.min(encoded.length, FIRST_UNDEFINED * MODE));
    }

    /** @return opcode to value */
    Map<Integer, Integer> modes() {
        var modes = new HashMap<Integer, Integer>();
        for (int i = 0; i + MODE <= encodedModes.length; i += MODE) {
            int opcode = encodedModes[i] & 0xff;
            if (opcode == TTY_OP_END || opcode >= FIRST_UNDEFINED) {
                break;
            }
            modes.put(opcode, ByteBuffer.wrap(encodedModes, i + 1, 4).getInt());
        }
        return modes;
    }

    /** @return the same terminal with the size that a {@code window-change} request says */
    TerminalRequest resized(Buffer buffer) {
        return new TerminalRequest(
                type,
                size(buffer.getUInt()),
                size(buffer.getUInt()),
                size(buffer.getUInt()),
                size(buffer.getUInt()),
                encodedModes);
    }

    void applySize(PseudoTerminal terminal) {
        terminal.resize(columns, rows, widthPixels, heightPixels);
    }
}
