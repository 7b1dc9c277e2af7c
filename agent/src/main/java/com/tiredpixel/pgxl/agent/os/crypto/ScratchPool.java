package com.tiredpixel.pgxl.agent.os.crypto;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** A few of them are kept: not more packets are worked upon at a time than there are processors, or hardly. */
final class ScratchPool {
    private static final int KEPT = 4;

    private final BlockingQueue<Scratch> idle = new ArrayBlockingQueue<>(KEPT);

    /** @return one for whoever closes it soon; does not wait */
    Scratch take() {
        Scratch scratch = idle.poll();
        return scratch == null ? new Scratch(this) : scratch;
    }

    void giveBack(Scratch scratch) {
        if (!idle.offer(scratch)) {
            scratch.free();
        }
    }
}
