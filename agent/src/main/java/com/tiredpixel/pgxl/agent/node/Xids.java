package com.tiredpixel.pgxl.agent.node;

/** Transaction ids: 32 bits that go round, of which 0 to 2 are special. */
public final class Xids {
    /** {@code FirstNormalTransactionId}. */
    public static final long FIRST_NORMAL = 3;

    private static final long ALL = 1L << 32;

    private Xids() {
    }

    /**
     * @return how far {@code later} is ahead of {@code earlier}, on the shorter way round; less than 0 if it is behind
     */
    public static long distance(long earlier, long later) {
        return (int) (later - earlier);
    }

    /** @return the one that is ahead */
    public static long later(long one, long other) {
        return distance(one, other) > 0 ? other : one;
    }

    /** @return the id so many steps on, or back */
    public static long plus(long xid, long steps) {
        long sum = Math.floorMod(xid + steps, ALL);
        return sum < FIRST_NORMAL ? sum + FIRST_NORMAL : sum;
    }
}
