package com.tiredpixel.pgxl.agent.ssh;

import java.util.concurrent.Semaphore;

/**
 * Heap that sessions share to be quick: what clients may send ahead of a command, packets that the socket has not
 * taken yet. A session that finds it used up still has a small share of its own. So one session may be fast, and
 * two hundred slow ones cannot fill the heap of PID 1.
 */
final class HeapShare {
    private final Semaphore input;
    private final Semaphore packets;

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

    boolean takePacket() {
        return packets.tryAcquire();
    }

    void givePacket() {
        packets.release();
    }
}
