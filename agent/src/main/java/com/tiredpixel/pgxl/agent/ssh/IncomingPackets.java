package com.tiredpixel.pgxl.agent.ssh;

import org.apache.sshd.common.util.Readable;

/**
 * The heap in which MINA puts the packets of one connection together. It grows with the longest one, and never shrinks: a
 * 8 KiB are everybody's, 24 KiB more are lent for the life of a connection that opens a channel while there is room
 * ({@link HeapShare.Part#BULK}), and what longer packets take while there is room for those ({@link HeapShare.Part#LONG}).
 *
 * <p>Used by one thread after the other, as MINA reads a connection, but for {@link #close}.
 */
final class IncomingPackets {
    /** MINA is given no more than this beyond the end of a packet, for it comes on top of what the packet takes. */
    private static final int SLICE = 1024;
    /** Around a payload: length, padding, what authenticates it. */
    private static final int AROUND = 512;
    /** Of a client that has been told that bulk has no room. Paramiko sends 4 KiB at once, whatever smaller size it is told. */
    static final int SHORT_PACKET = 4 * 1024;
    /** Of bulk: the longest for which MINA's buffer grows to 32 KiB. */
    static final int BULK_PACKET = 30 * 1024;
    private static final int LEAST = capacity(SHORT_PACKET);
    private static final int OF_BULK = capacity(BULK_PACKET);

    private final HeapShare share;
    private int lentForBulk;
    private int lentForLong;
    private HeapShare.Part longPackets = HeapShare.Part.LONG_OF_STRANGERS;
    private boolean closed;

    IncomingPackets(HeapShare share) {
        this.share = share;
    }

    /** What MINA's buffer grows to for a packet of this length. */
    private static int capacity(int packet) {
        return Integer.highestOneBit(packet + AROUND + SLICE - 1) << 1;
    }

    /** @return whether the client may send packets of bulk from here on */
    synchronized boolean lendForBulk() {
        if (lentForBulk == 0 && !closed && share.take(HeapShare.Part.BULK, OF_BULK - LEAST)) {
            lentForBulk = OF_BULK - LEAST;
        }
        return lentForBulk > 0;
    }

    /**
     * @param capacity of MINA's buffer now
     * @param coming length of the packet that has begun, or 0
     * @return whether there is room for both
     */
    synchronized boolean fits(int capacity, int coming) {
        int wanted = Math.max(capacity, coming == 0 ? 0 : capacity(coming)) - LEAST - lentForBulk;
        int more = wanted - lentForLong;
        if (more <= 0) {
            return true;
        }
        if (closed) {
            return false;
        }
        if (!share.take(longPackets, more)) {
            return false;
        }
        lentForLong += more;
        return true;
    }

    /** What was lent to a stranger is room for strangers again. */
    synchronized void loggedIn() {
        if (share.take(HeapShare.Part.LONG, lentForLong)) {
            share.give(longPackets, lentForLong);
            longPackets = HeapShare.Part.LONG;
        }
    }

    synchronized void close() {
        closed = true;
        share.give(HeapShare.Part.BULK, lentForBulk);
        share.give(longPackets, lentForLong);
        lentForBulk = 0;
        lentForLong = 0;
    }

    /** What MINA is given of a read, slice by slice. */
    static final class Slices implements Readable {
        private final Readable bytes;
        private int length;

        Slices(Readable bytes) {
            this.bytes = bytes;
        }

        /**
         * @param rest how much is known to be wanting to the packet that has begun
         * @return whether there is a next slice
         */
        boolean next(int rest) {
            length = Math.min(Math.max(SLICE, rest), bytes.available());
            return length > 0;
        }

        @Override
        public int available() {
            return Math.min(length, bytes.available());
        }

        @Override
        public void getRawBytes(byte[] data, int offset, int count) {
            bytes.getRawBytes(data, offset, count);
            length -= count;
        }
    }
}
