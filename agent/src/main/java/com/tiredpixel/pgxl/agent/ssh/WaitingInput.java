package com.tiredpixel.pgxl.agent.ssh;

import java.util.ArrayDeque;
import java.util.Deque;

/** Bytes in a row of pieces, each of which is written at one go. Not safe for threads. */
final class WaitingInput {
    private static final int SMALL = 2 * 1024;

    private final Deque<Piece> pieces = new ArrayDeque<>();
    private final HeapShare share;
    private int waiting;

    /** @param share whose pieces bulk is kept in */
    WaitingInput(HeapShare share) {
        this.share = share;
    }

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
                // More than the narrowest window was lent, and so was room for it.
                last = new Piece(waiting + length - done > InputWindow.NARROWEST ? share.piece() : new byte[SMALL]);
                pieces.add(last);
            }
            int count = Math.min(length - done, last.bytes.length - last.length);
            System.arraycopy(source, start + done, last.bytes, last.length, count);
            last.length += count;
            waiting += count;
            done += count;
        }
    }

    /** @return the first piece, which is not in here any more, or null */
    Piece take() {
        Piece first = pieces.poll();
        waiting -= first == null ? 0 : first.length;
        return first;
    }

    /** It has been written: its memory may be used again. */
    void reuse(Piece piece) {
        if (piece.bytes.length > SMALL) {
            share.reuse(piece.bytes);
        }
    }

    /** @return how many bytes were in here */
    int clear() {
        int length = waiting;
        pieces.clear();
        waiting = 0;
        return length;
    }
}
