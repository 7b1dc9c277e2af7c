package com.tiredpixel.pgxl.agent.ssh;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Room for the bulk of one stream: 32 KiB to read it, and two packets of 32 KiB that the socket has not taken yet. As many
 * streams as {@link HeapShare.Part#WIDE_OUTPUTS} says have it at a time. It is given back when the stream needs it no more
 * and the last of its packets has gone, which may be long after the stream has ended.
 */
final class WideOutput {
    static final int OWN_PACKETS = 2;

    private final HeapShare share;
    private final Semaphore unsent = new Semaphore(OWN_PACKETS);
    private final AtomicInteger users = new AtomicInteger(1);

    private WideOutput(HeapShare share) {
        this.share = share;
    }

    /** @return null if there is no room */
    static WideOutput of(HeapShare share) {
        return share.take(HeapShare.Part.WIDE_OUTPUTS, 1) ? new WideOutput(share) : null;
    }

    Semaphore unsent() {
        return unsent;
    }

    /** A packet of it is on its way. */
    void use() {
        users.incrementAndGet();
    }

    /** A packet has gone, or the stream needs no more. */
    void leave() {
        if (users.decrementAndGet() == 0) {
            share.give(HeapShare.Part.WIDE_OUTPUTS, 1);
        }
    }
}
