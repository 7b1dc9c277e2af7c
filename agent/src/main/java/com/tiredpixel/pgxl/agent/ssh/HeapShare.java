package com.tiredpixel.pgxl.agent.ssh;

import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.ToIntFunction;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Heap that connections share to be quick: what clients may send ahead of a command, packets and buffers of bulk. Whoever
 * finds it used up still has a little of its own ({@link HeapNeeds#PER_SESSION}). So some sessions may be fast, and as many
 * as may log in, each of which holds all that it can, cannot fill the heap of PID 1.
 */
final class HeapShare {
    private static final int KIB = 1024;
    /** Of bulk, the size of a packet. */
    static final int PIECE = 32 * KIB;
    /** That are kept to be used again. */
    private static final int MOST_PACKETS = 16;
    /** As many as the widest window fills: with half of them a heap of 24 MB collects garbage seven times as often. */
    private static final int MOST_PIECES = InputWindow.WIDEST / PIECE;
    /** Heap of pieces that nobody uses just now. */
    static final int KEPT = MOST_PIECES * PIECE;

    /** What is lent, and how much of it there is for all together. */
    enum Part {
        /** Bytes of windows and of buffers to read into: the widest one, and what that is read into. */
        INPUT(InputWindow.WIDEST - InputWindow.NARROWEST + PIECE, 1),
        /** Bytes in which packets of bulk are put together: of some 28 connections. */
        BULK(672 * KIB, 1),
        /** Bytes of longer packets, and of long command lines until their processes have started: six of 100 KB. */
        LONG(1536 * KIB, 1),
        /** Bytes of long packets of those who have not logged in, who may take no room from those who have. */
        LONG_OF_STRANGERS(384 * KIB, 1),
        /** Channels that are not the first of their connection, and may run nothing. */
        CHANNELS(400, 3 * KIB),
        /** Streams of commands that may send bulk. */
        WIDE_OUTPUTS(10, (WideOutput.OWN_PACKETS + 1) * PIECE),
        /** Packets of such streams beside their own. With these as many as are kept: more would be old garbage. */
        PACKETS(MOST_PACKETS - WideOutput.OWN_PACKETS, PIECE);

        private final int most;
        private final int bytesOfEach;

        Part(int most, int bytesOfEach) {
            this.most = most;
            this.bytesOfEach = bytesOfEach;
        }

        int most() {
            return most;
        }

        long bytes() {
            return (long) most * bytesOfEach;
        }
    }

    private final Map<Part, Semaphore> left = new EnumMap<>(Part.class);
    private final Queue<byte[]> usedPieces = new ArrayBlockingQueue<>(MOST_PIECES);
    private final Queue<Buffer> usedPackets = new ArrayBlockingQueue<>(MOST_PACKETS);

    /** @param most of each part */
    HeapShare(ToIntFunction<Part> most) {
        for (Part part : Part.values()) {
            left.put(part, new Semaphore(most.applyAsInt(part)));
        }
    }

    static HeapShare bounded() {
        return new HeapShare(Part::most);
    }

    boolean take(Part part, int amount) {
        return left.get(part).tryAcquire(amount);
    }

    void give(Part part, int amount) {
        left.get(part).release(amount);
    }

    /** Bulk in memory that is always new makes a small heap collect its garbage a hundred times a second. */
    byte[] piece() {
        byte[] used = usedPieces.poll();
        return used != null ? used : new byte[PIECE];
    }

    /** @param piece of {@link #piece}, which nobody uses any more */
    void reuse(byte[] piece) {
        usedPieces.offer(piece);
    }

    /** @return a packet for the session with room for a piece, begun */
    Buffer packet(Session session, byte command) {
        Buffer used = usedPackets.poll();
        return used != null
                ? session.prepareBuffer(command, used)
                : session.createBuffer(command, PIECE + 3 * Integer.BYTES);
    }

    /** @param packet of {@link #packet}, sent or given up */
    void reuse(Buffer packet) {
        usedPackets.offer(packet);
    }
}
