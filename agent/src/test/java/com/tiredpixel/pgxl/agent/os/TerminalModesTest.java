package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalModesTest {
    private static final int INPUT = 0;
    private static final int CONTROL = 8;
    private static final int LOCAL = 12;

    private final byte[] termios = new byte[TerminalModes.TERMIOS_BYTES];

    @Test
    void flagsAreSetAndCleared() {
        TerminalModes.apply(Map.of(53, 1, 51, 7, 42, 1), termios);
        assertEquals(0x8 | 0x2, word(LOCAL));
        assertEquals(0x4000, word(INPUT));

        TerminalModes.apply(Map.of(53, 0, 42, 0), termios);
        assertEquals(0x2, word(LOCAL));
        assertEquals(0, word(INPUT));
    }

    @Test
    void controlCharactersLandWhereLinuxHasThem() {
        TerminalModes.apply(Map.of(1, 3, 5, 4, 10, 26, 7, 255), termios);

        assertEquals(3, termios[17]); // VINTR
        assertEquals(4, termios[17 + 4]); // VEOF
        assertEquals(26, termios[17 + 10]); // VSUSP
        assertEquals(0, termios[17 + 16]); // VEOL2, disabled
    }

    @Test
    void eightBitsWinOverSevenAndZeroOfBothChangesNothing() {
        TerminalModes.apply(Map.of(90, 1, 91, 1), termios);
        assertEquals(0x30, word(CONTROL));

        TerminalModes.apply(Map.of(90, 0, 91, 0), termios);
        assertEquals(0x30, word(CONTROL));

        TerminalModes.apply(Map.of(90, 1, 91, 0), termios);
        assertEquals(0x20, word(CONTROL));
    }

    @Test
    void knownSpeedsAreSetAndOthersAreNot() {
        TerminalModes.apply(Map.of(128, 9600, 129, 38400), termios);
        assertEquals(15, word(CONTROL));

        TerminalModes.apply(Map.of(129, 115200), termios);
        assertEquals(0x1002, word(CONTROL));

        TerminalModes.apply(Map.of(128, 0, 129, 12345), termios);
        assertEquals(0x1002, word(CONTROL), "B0 would hang up");
    }

    @Test
    void opcodesThatLinuxDoesNotKnowChangeNothing() {
        Map<Integer, Integer> unknown = new HashMap<>();
        for (int opcode : new int[] {-1, 0, 11, 15, 17, 19, 29, 43, 63, 76, 94, 127, 130, 159, 255, 1 << 20}) {
            unknown.put(opcode, 1);
        }

        TerminalModes.apply(unknown, termios);

        assertArrayEquals(new byte[TerminalModes.TERMIOS_BYTES], termios);
    }

    private int word(int offset) {
        return ByteBuffer.wrap(termios).order(ByteOrder.nativeOrder()).getInt(offset);
    }
}
