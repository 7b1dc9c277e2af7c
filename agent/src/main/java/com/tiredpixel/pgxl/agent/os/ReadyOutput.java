package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.io.OutputStream;

/** What leads to a process, and can also be written to as far as that needs no wait. */
public abstract class ReadyOutput extends OutputStream {

    /**
     * Writes what a pipe or terminal takes at once.
     *
     * @return count of bytes written, 0 if there is no room
     * @throws IOException if nobody reads it any more
     */
    public abstract int writeReady(byte[] bytes, int offset, int length) throws IOException;
}
