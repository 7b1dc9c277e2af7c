package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class XidsTest {
    @Test
    void idsGoRound() {
        assertEquals(10, Xids.distance(4294967290L, 4));
        assertEquals(-10, Xids.distance(4, 4294967290L));
        assertEquals(4, Xids.later(4294967290L, 4));
        assertEquals(4, Xids.later(4, 4294967290L));
        assertEquals(7, Xids.later(7, 7));
    }

    @Test
    void noIdIsASpecialOne() {
        assertEquals(1_062_004, Xids.plus(62_004, 1_000_000));
        for (long steps = 0; steps < 10; steps++) {
            long xid = Xids.plus(4294967290L, steps);
            assertEquals(true, xid >= 3, steps + " steps: " + xid);
        }
    }
}
