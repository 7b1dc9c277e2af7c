package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** When to look for servers that others started. For the supervisor's thread, but {@link #isFirstEnd} for any. */
final class LookSchedule {
    /** A server may appear without any of our processes ending, as under {@code docker exec}. */
    private static final Duration SLOW = Duration.ofSeconds(2);

    /** Many processes end at once when an SSH command is over: one look serves them all. */
    private static final Duration QUICK = Duration.ofMillis(15);

    /** Between two looks however many commands end: each costs a millisecond or two. */
    private static final Duration BUSY = Duration.ofMillis(100);

    /** The same where orphans end: these may come by the thousand, and hardly ever leave a server behind. */
    private static final Duration ORPHANS = Duration.ofMillis(500);

    private static final Duration UNCLEAR = Duration.ofMillis(100);

    private final MonotonicClock clock;
    private final AtomicBoolean childEnded = new AtomicBoolean();
    private final AtomicBoolean orphanEnded = new AtomicBoolean();
    private Duration next;
    private Duration last;

    LookSchedule(MonotonicClock clock) {
        this.clock = clock;
        this.next = clock.now();
        this.last = next.minus(BUSY);
    }

    /**
     * A process has ended. Needs no memory.
     *
     * @return whether none of its kind had since the last look
     */
    boolean isFirstEnd(boolean ownChild) {
        return (ownChild ? childEnded : orphanEnded).compareAndSet(false, true);
    }

    /** A process has ended, so there may be something to see. */
    void hurry(boolean ownChild) {
        Duration soon = clock.now().plus(QUICK);
        Duration earliest = last.plus(ownChild ? BUSY : ORPHANS);
        soon = soon.compareTo(earliest) < 0 ? earliest : soon;
        next = next.compareTo(soon) < 0 ? next : soon;
    }

    /** The next look is to be at once. */
    void now() {
        next = clock.now();
    }

    Duration next() {
        return next;
    }

    /** A look begins: from here on the end of a process asks for another one. */
    void begun(Duration now) {
        childEnded.set(false);
        orphanEnded.set(false);
        last = now;
    }

    /** @param clear whether the look left nothing open, such as a server that may be adopted in a moment */
    void done(Duration now, boolean clear) {
        next = now.plus(clear ? SLOW : UNCLEAR);
    }
}
