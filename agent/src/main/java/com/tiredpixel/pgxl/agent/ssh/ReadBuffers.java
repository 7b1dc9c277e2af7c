package com.tiredpixel.pgxl.agent.ssh;

import java.nio.ByteBuffer;

/**
 * What a connection reads into: 1 KiB while nothing much comes, because nobody else can use the buffer of a read that
 * waits; and 32 KiB while bulk does, of somebody who has logged in, and there is room ({@link HeapShare.Part#INPUT}).
 */
final class ReadBuffers {
    static final int NARROW = 1024;
    static final int WIDE = HeapShare.PIECE;

    private final HeapShare share;
    private ByteBuffer buffer = ByteBuffer.allocate(NARROW);
    private boolean mayWiden;

    ReadBuffers(HeapShare share) {
        this.share = share;
    }

    synchronized ByteBuffer buffer() {
        return buffer;
    }

    /**
     * @param read how many bytes have just been read
     * @return whether {@link #buffer} is another now
     */
    synchronized boolean adapt(int read) {
        if (isWide()) {
            if (read >= NARROW) {
                return false;
            }
            share.reuse(buffer.array());
            share.give(HeapShare.Part.INPUT, WIDE);
            buffer = ByteBuffer.allocate(NARROW);
            return true;
        }
        if (read < NARROW || !mayWiden || !share.take(HeapShare.Part.INPUT, WIDE)) {
            return false;
        }
        buffer = ByteBuffer.wrap(share.piece());
        return true;
    }

    synchronized void loggedIn() {
        mayWiden = true;
    }

    private boolean isWide() {
        return buffer.capacity() == WIDE;
    }

    /** Of a connection that reads no more. */
    synchronized void close() {
        mayWiden = false;
        if (isWide()) {
            // Not for others: a read may be under way.
            share.give(HeapShare.Part.INPUT, WIDE);
            buffer = ByteBuffer.allocate(0);
        }
    }
}
