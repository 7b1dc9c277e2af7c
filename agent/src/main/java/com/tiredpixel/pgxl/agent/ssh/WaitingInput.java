package com.tiredpixel.pgxl.agent.ssh;

import java.util.ArrayDeque;
import java.util.Deque;

/** Bytes in a row of pieces, each of which is written at one go. Not safe for threads. */
final class WaitingInput {
    /** A packet of the largest size. Small enough for the JVM's young generation, too. */
    private static final int LARGEST = 32 * 1024;
    private static final int SMALLEST = 2 * 1024;
    private static final int SPARES = 2;

    private final Deque<Piece> pieces = new ArrayDeque<>();
    private final Deque<byte[]> spares = new ArrayDeque<>();

    static final class Piece {
        private final byte[] bytes;
        private int length;

        private Piece(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        int length() {
            return length;
        }
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    void add(byte[] source, int start, int length) {
        for (int done = 0; done < length; ) {
            Piece last = pieces.peekLast();
            if (last == null || last.length == last.bytes.length) {
                last = new Piece(array(length - done));
                pieces.add(last);
            }
            int count = Math.min(length - done, last.bytes.length - last.length);
            System.arraycopy(source, start + done, last.bytes, last.length, count);
            last.length += count;
            done += count;
        }
    }

    private byte[] array(int wanted) {
        byte[] spare = wanted > SMALLEST ? spares.poll() : null;
        return spare != null ? spare : new byte[wanted > SMALLEST ? LARGEST : SMALLEST];
    }

    /** @return the first piece, which is not in here any more, or null */
    Piece take() {
        return pieces.poll();
    }

    /** It has been written: its memory may be used again. */
    void reuse(Piece piece) {
        if (piece.bytes.length == LARGEST && spares.size() < SPARES) {
            spares.add(piece.bytes);
        }
    }

    /** @return how many bytes were in here */
    int clear() {
        int length = pieces.stream().mapToInt(Piece::length).sum();
        pieces.clear();
        spares.clear();
        return length;
    }
}
