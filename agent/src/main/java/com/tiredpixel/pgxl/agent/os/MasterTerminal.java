package com.tiredpixel.pgxl.agent.os;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;

/**
 * {@link PseudoTerminal} by its master side; window size and modes can be set from there as well. The two
 * streams have descriptors of their own, so that closing one does not hang the terminal up.
 */
final class MasterTerminal implements PseudoTerminal {
    private final Libc libc;
    private final int master;
    private final Path slave;
    private final Descriptor keyboard;
    private final Descriptor screen;
    private final ReadyOutput input;
    private final InputStream output;
    private boolean open = true;

    MasterTerminal(Libc libc, int master, Path slave, Descriptor keyboard, Descriptor screen) {
        this.libc = libc;
        this.master = master;
        this.slave = slave;
        this.keyboard = keyboard;
        this.screen = screen;
        this.input = DescriptorStreams.writing(keyboard);
        this.output = DescriptorStreams.reading(screen);
    }

    @Override
    public Path slave() {
        return slave;
    }

    @Override
    public InputStream output() {
        return output;
    }

    @Override
    public ReadyOutput input() {
        return input;
    }

    /** {@code struct winsize}: four unsigned shorts, rows first. */
    @Override
    public synchronized void resize(int columns, int rows, int widthPixels, int heightPixels) {
        byte[] size = new byte[4 * Short.BYTES];
        ByteBuffer.wrap(size)
                .order(ByteOrder.nativeOrder())
                .putShort(clamped(rows))
                .putShort(clamped(columns))
                .putShort(clamped(widthPixels))
                .putShort(clamped(heightPixels));
        if (open) {
            libc.ioctl(master, Libc.TIOCSWINSZ, size);
        }
    }

    private static short clamped(int value) {
        return (short) Math.max(0, Math.min(value, 0xFFFF));
    }

    @Override
    public synchronized void applyModes(Map<Integer, Integer> modes) {
        byte[] termios = new byte[TerminalModes.TERMIOS_BYTES];
        if (open && libc.ioctl(master, Libc.TCGETS, termios) == 0) {
            TerminalModes.apply(modes, termios);
            libc.ioctl(master, Libc.TCSETS, termios);
        }
    }

    /** {@inheritDoc} That happens at the last close of the master, so a reader that waits is woken first. */
    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            keyboard.close();
            screen.close();
            libc.close(master);
        }
    }
}
