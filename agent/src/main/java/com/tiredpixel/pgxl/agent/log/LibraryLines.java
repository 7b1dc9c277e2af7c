package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;

/**
 * What libraries log, in bounds: whoever can connect can make the SSH library warn, as often as he connects. What
 * was left out is counted, and the count is logged before the next line of a library that may pass.
 */
final class LibraryLines {
    private static final int PER_SECOND = 5;
    private static final int AT_ONCE = 50;

    private final AgentLog log;
    private final RateBound bound;
    private long leftOut;

    LibraryLines(AgentLog log, MonotonicClock clock) {
        this.log = log;
        this.bound = new RateBound(PER_SECOND, AT_ONCE, clock);
    }

    AgentLog log() {
        return log;
    }

    /** @return whether one more line may pass; if not it is counted */
    synchronized boolean admit() {
        boolean admitted = bound.admit();
        leftOut += bound.takeLeftOut();
        return admitted;
    }

    /** Tells how many lines were left out since it last did, if any. */
    void tellLeftOut() {
        long count;
        synchronized (this) {
            count = leftOut;
            leftOut = 0;
        }
        if (count > 0) {
            log.warn("agent", "left out " + count + " warnings of libraries, because there were more than "
                    + PER_SECOND + " a second");
        }
    }
}
