package com.tiredpixel.pgxl.agent.base;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How much of the heap this thread takes. */
public final class Allocations {
    private static final int WARM = 10_000;
    private static final int MEASURED = 1_000;

    private Allocations() {
    }

    /** @return bytes for one call, once it has been called often */
    public static long of(Runnable step) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < WARM; i++) {
            step.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MEASURED; i++) {
            step.run();
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / MEASURED;
    }
}
