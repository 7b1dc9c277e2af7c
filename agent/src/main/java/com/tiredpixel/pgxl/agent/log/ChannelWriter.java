package com.tiredpixel.pgxl.agent.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes whole lines to a channel in large pieces, and knows after an error which lines were lost. Standard
 * output may be a pipe without a reader (EPIPE), a full disk (ENOSPC), or non-blocking because another holder
 * of the same pipe made it so (EAGAIN, which a FileChannel reports as 0 bytes written). For one thread.
 *
 * <p>Its buffer is outside of the heap: of any other the JDK makes a copy there for each write, for which there may be no
 * memory.
 */
final class ChannelWriter {
    private static final int PIECE = 16 * 1024;
    private static final long SHORTEST_PAUSE = 1_000_000;
    private static final long LONGEST_PAUSE = 200_000_000;

    private final WritableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
    private boolean midLine;
    private volatile boolean closed;

    ChannelWriter(WritableByteChannel channel) {
        this.channel = channel;
    }

    /** Ends a wait for a channel that takes nothing; what is not written is lost. */
    void close() {
        closed = true;
    }

    /**
     * @param lines each with its line break, and no other in it; none is left in it afterwards
     * @return how many lines were not, or not wholly, written
     */
    long write(LineQueue lines) {
        buffer.clear();
        try {
            if (midLine) {
                buffer.put((byte) '\n'); // ends the line of which an error left only the beginning
            }
            for (byte[] line = lines.poll(); line != null; line = lines.poll()) {
                put(line);
            }
            drain();
            return 0;
        } catch (IOException | RuntimeException | Error error) {
            // Whatever it is: there may be no memory for an IOException either.
            long lost = lines.lines() + lineBreaksNotWritten() + (endsMidLine() ? 1 : 0);
            lines.clear();
            return lost;
        }
    }

    private void put(byte[] line) throws IOException {
        int from = 0;
        while (from < line.length) {
            int length = Math.min(line.length - from, buffer.remaining());
            buffer.put(line, from, length);
            from += length;
            if (!buffer.hasRemaining()) {
                drain();
            }
        }
    }

    private void drain() throws IOException {
        buffer.flip();
        long pause = SHORTEST_PAUSE;
        while (buffer.hasRemaining()) {
            int written = channel.write(buffer);
            if (written > 0) {
                midLine = buffer.get(buffer.position() - 1) != '\n';
                pause = SHORTEST_PAUSE;
            } else if (closed) {
                throw new IOException("closed");
            } else {
                LockSupport.parkNanos(pause);
                pause = Math.min(pause * 2, LONGEST_PAUSE);
            }
        }
        buffer.clear();
    }

    private long lineBreaksNotWritten() {
        long count = 0;
        for (int i = buffer.position(); i < buffer.limit(); i++) {
            count += buffer.get(i) == '\n' ? 1 : 0;
        }
        return count;
    }

    /** A piece may end within a line, whose line break is then not in the buffer. */
    private boolean endsMidLine() {
        return buffer.limit() > 0 && buffer.get(buffer.limit() - 1) != '\n';
    }
}
