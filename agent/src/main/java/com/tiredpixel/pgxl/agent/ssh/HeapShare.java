package com.tiredpixel.pgxl.agent.ssh;

import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Heap that sessions share to be quick: what clients may send ahead of a command, packets that the socket has not
 * taken yet. A session that finds it used up still has a small share of its own. So one session may be fast, and
 * two hundred slow ones cannot fill the heap of PID 1.
 */
final class HeapShare {
    /** Of bulk, the size of a packet. */
    static final int PIECE = 32 * 1024;
    /** Bytes of packets that are longer than the standard demands and not whole yet. */
    private static final int LONG_PACKETS = 2 * 1024 * 1024;
    private static final int MOST_PIECES = 32;
    /** That are kept to be used again. */
    static final int MOST_PACKETS = 16;

    private final Semaphore input;
    private final Semaphore packets;
    private final Semaphore longPackets = new Semaphore(LONG_PACKETS);
    private final Queue<byte[]> usedPieces = new ArrayBlockingQueue<>(MOST_PIECES);
    private final Queue<Buffer> usedPackets = new ArrayBlockingQueue<>(MOST_PACKETS);

    /**
     * @param inputBytes for input that waits for commands, beside the least that every channel has
     * @param outputPackets of 32 KiB, for output that waits for clients
     */
    HeapShare(int inputBytes, int outputPackets) {
        input = new Semaphore(inputBytes);
        packets = new Semaphore(outputPackets);
    }

    boolean takeInput(int bytes) {
        return input.tryAcquire(bytes);
    }

    void giveInput(int bytes) {
        input.release(bytes);
    }

    boolean takeLong(int bytes) {
        return longPackets.tryAcquire(bytes);
    }

    void giveLong(int bytes) {
        longPackets.release(bytes);
    }

    boolean takePacket() {
        return packets.tryAcquire();
    }

    void givePacket() {
        packets.release();
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
