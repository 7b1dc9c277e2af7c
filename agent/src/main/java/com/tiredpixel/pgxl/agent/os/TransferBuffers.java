package com.tiredpixel.pgxl.agent.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Direct buffers for the moment of one {@code read} or {@code write}. A stream that waits holds none, so
 * memory grows with the transfers under way and not with the streams that are open.
 */
final class TransferBuffers {
    /** Half of the default capacity of a pipe. */
    static final int BYTES = 32 * 1024;

    private static final int KEPT = 8;

    /** The number 1 as an eventfd takes it; ready at all times, for closing must not fail for want of memory. */
    final ByteBuffer one = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, 1);

    private final ByteBuffer[] idle = new ByteBuffer[KEPT];
    private int count;

    ByteBuffer take() {
        ByteBuffer buffer = takeIdle();
        return buffer != null ? buffer : ByteBuffer.allocateDirect(BYTES);
    }

    private synchronized ByteBuffer takeIdle() {
        return count == 0 ? null : idle[--count];
    }

    /** Needs no memory: a failure here would lose the bytes that have just been read. */
    synchronized void give(ByteBuffer buffer) {
        if (count < KEPT) {
            idle[count++] = buffer;
        }
    }
}
