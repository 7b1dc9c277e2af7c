package com.tiredpixel.pgxl.agent.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

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

    private final BlockingQueue<ByteBuffer> idle = new ArrayBlockingQueue<>(KEPT);

    ByteBuffer take() {
        ByteBuffer buffer = idle.poll();
        return buffer != null ? buffer : ByteBuffer.allocateDirect(BYTES);
    }

    void give(ByteBuffer buffer) {
        idle.offer(buffer);
    }
}
