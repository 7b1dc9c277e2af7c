package com.tiredpixel.pgxl.agent.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;

/**
 * RFC 4254, section 8 (and RFC 8160 for IUTF8), to the kernel's {@code struct termios}: four words of flags
 * ({@code c_iflag, c_oflag, c_cflag, c_lflag}), one byte of line discipline, 19 control characters. Numbers from
 * {@code asm-generic/termbits.h}, which x86-64 and aarch64 share.
 */
final class TerminalModes {
    static final int TERMIOS_BYTES = 36;

    private static final int INPUT = 0;
    private static final int OUTPUT = 4;
    private static final int CONTROL = 8;
    private static final int LOCAL = 12;
    private static final int CHARACTERS = 17;

    /** As a control character it means that there is none; Linux writes it as 0. */
    private static final int DISABLED = 255;

    private static final int OPCODE_CS7 = 90;
    private static final int OPCODE_CS8 = 91;
    private static final int OPCODE_INPUT_SPEED = 128;
    private static final int OPCODE_OUTPUT_SPEED = 129;
    private static final int CSIZE = 0x30;
    private static final int CS7 = 0x20;
    private static final int CS8 = 0x30;
    private static final int CBAUD = 0x100F;

    private record Flag(int word, int mask) {
    }

    private static final Map<Integer, Flag> FLAGS = Map.ofEntries(
            Map.entry(30, new Flag(INPUT, 0x4)), // IGNPAR
            Map.entry(31, new Flag(INPUT, 0x8)), // PARMRK
            Map.entry(32, new Flag(INPUT, 0x10)), // INPCK
            Map.entry(33, new Flag(INPUT, 0x20)), // ISTRIP
            Map.entry(34, new Flag(INPUT, 0x40)), // INLCR
            Map.entry(35, new Flag(INPUT, 0x80)), // IGNCR
            Map.entry(36, new Flag(INPUT, 0x100)), // ICRNL
            Map.entry(37, new Flag(INPUT, 0x200)), // IUCLC
            Map.entry(38, new Flag(INPUT, 0x400)), // IXON
            Map.entry(39, new Flag(INPUT, 0x800)), // IXANY
            Map.entry(40, new Flag(INPUT, 0x1000)), // IXOFF
            Map.entry(41, new Flag(INPUT, 0x2000)), // IMAXBEL
            Map.entry(42, new Flag(INPUT, 0x4000)), // IUTF8
            Map.entry(50, new Flag(LOCAL, 0x1)), // ISIG
            Map.entry(51, new Flag(LOCAL, 0x2)), // ICANON
            Map.entry(52, new Flag(LOCAL, 0x4)), // XCASE
            Map.entry(53, new Flag(LOCAL, 0x8)), // ECHO
            Map.entry(54, new Flag(LOCAL, 0x10)), // ECHOE
            Map.entry(55, new Flag(LOCAL, 0x20)), // ECHOK
            Map.entry(56, new Flag(LOCAL, 0x40)), // ECHONL
            Map.entry(57, new Flag(LOCAL, 0x80)), // NOFLSH
            Map.entry(58, new Flag(LOCAL, 0x100)), // TOSTOP
            Map.entry(59, new Flag(LOCAL, 0x8000)), // IEXTEN
            Map.entry(60, new Flag(LOCAL, 0x200)), // ECHOCTL
            Map.entry(61, new Flag(LOCAL, 0x800)), // ECHOKE
            Map.entry(62, new Flag(LOCAL, 0x4000)), // PENDIN
            Map.entry(70, new Flag(OUTPUT, 0x1)), // OPOST
            Map.entry(71, new Flag(OUTPUT, 0x2)), // OLCUC
            Map.entry(72, new Flag(OUTPUT, 0x4)), // ONLCR
            Map.entry(73, new Flag(OUTPUT, 0x8)), // OCRNL
            Map.entry(74, new Flag(OUTPUT, 0x10)), // ONOCR
            Map.entry(75, new Flag(OUTPUT, 0x20)), // ONLRET
            Map.entry(92, new Flag(CONTROL, 0x100)), // PARENB
            Map.entry(93, new Flag(CONTROL, 0x200))); // PARODD

    /** Index of the control character; Linux has no VDSUSP (11), VFLUSH (15) and VSTATUS (17). */
    private static final Map<Integer, Integer> CHARACTER_INDEX = Map.ofEntries(
            Map.entry(1, 0), // VINTR
            Map.entry(2, 1), // VQUIT
            Map.entry(3, 2), // VERASE
            Map.entry(4, 3), // VKILL
            Map.entry(5, 4), // VEOF
            Map.entry(6, 11), // VEOL
            Map.entry(7, 16), // VEOL2
            Map.entry(8, 8), // VSTART
            Map.entry(9, 9), // VSTOP
            Map.entry(10, 10), // VSUSP
            Map.entry(12, 12), // VREPRINT
            Map.entry(13, 14), // VWERASE
            Map.entry(14, 15), // VLNEXT
            Map.entry(16, 7), // VSWTC
            Map.entry(18, 13)); // VDISCARD

    /** Bits per second at their code: 0 to 15, then 0x1001 and on. B0 is left out, because it hangs up. */
    private static final int[] SLOW = {
        0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400
    };
    private static final int[] FAST = {
        0, 57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000,
        3000000, 3500000, 4000000
    };

    private TerminalModes() {
    }

    /**
     * @param modes opcode to value; unknown opcodes are passed over
     * @param termios changed in place
     */
    static void apply(Map<Integer, Integer> modes, byte[] termios) {
        ByteBuffer words = ByteBuffer.wrap(termios).order(ByteOrder.nativeOrder());
        // In ascending order CS8 has the last word over CS7, and the output speed over the input speed: Linux
        // has one speed for both.
        new TreeMap<>(modes).forEach((opcode, value) -> apply(opcode, value, words));
    }

    private static void apply(int opcode, int value, ByteBuffer termios) {
        Flag flag = FLAGS.get(opcode);
        Integer character = CHARACTER_INDEX.get(opcode);
        if (flag != null) {
            set(termios, flag.word(), flag.mask(), value != 0 ? flag.mask() : 0);
        } else if (character != null) {
            termios.put(CHARACTERS + character, (byte) (value == DISABLED ? 0 : value));
        } else if (opcode == OPCODE_CS7 && value != 0) {
            set(termios, CONTROL, CSIZE, CS7);
        } else if (opcode == OPCODE_CS8 && value != 0) {
            set(termios, CONTROL, CSIZE, CS8);
        } else if (opcode == OPCODE_INPUT_SPEED || opcode == OPCODE_OUTPUT_SPEED) {
            setSpeed(termios, value);
        }
    }

    private static void setSpeed(ByteBuffer termios, int bitsPerSecond) {
        for (int i = 1; i < SLOW.length; i++) {
            if (SLOW[i] == bitsPerSecond) {
                set(termios, CONTROL, CBAUD, i);
            }
            if (FAST[i] == bitsPerSecond) {
                set(termios, CONTROL, CBAUD, 0x1000 | i);
            }
        }
    }

    private static void set(ByteBuffer termios, int word, int mask, int bits) {
        termios.putInt(word, termios.getInt(word) & ~mask | bits);
    }
}
