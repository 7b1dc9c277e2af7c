package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/** The master side of a terminal, as {@code ssh -t} needs it. */
public interface PseudoTerminal extends AutoCloseable {

    /** @return such as {@code /dev/pts/0}, for {@link Stdio.Terminal} */
    Path slave();

    /**
     * What programs wrote to the terminal. Ends at EIO, when the last of them has closed the slave; a close
     * from another thread ends a blocked read.
     */
    InputStream output();

    /** @return the keyboard */
    ReadyOutput input();

    /** Sets the window size; the foreground process group gets SIGWINCH. */
    void resize(int columns, int rows, int widthPixels, int heightPixels);

    /**
     * Sets terminal modes as RFC 4254, section 8, encodes them; unknown opcodes are passed over.
     *
     * @param modes opcode to value
     */
    void applyModes(Map<Integer, Integer> modes);

    /** Hangs the terminal up: its foreground process group gets SIGHUP. */
    @Override
    void close();

    /** Makes terminals; tests put a fake here. */
    @FunctionalInterface
    interface Factory {

        /**
         * Opens a new terminal.
         *
         * @throws IOException if the kernel has none left, or {@code /dev/ptmx} is not there
         */
        PseudoTerminal open() throws IOException;
    }
}
