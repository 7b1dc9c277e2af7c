package com.tiredpixel.pgxl.agent.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How a reaper without children waits for one. A start of our own is announced. An orphan that falls to the agent is
 * not, but its end sends SIGCHLD: the launcher blocks that, so it stays pending until a signalfd reads it, and wakes
 * nobody while the reaper has children and waits in {@code waitid}.
 */
final class ChildArrival {
    /** A {@code struct signalfd_siginfo}; an eventfd answers with 8 of them. */
    private static final int SIGNAL_BYTES = 128;

    private final Libc libc;
    private int announcements;
    private int endings;
    private long[] either;
    private volatile boolean opened;
    private final AtomicBoolean announced = new AtomicBoolean();
    private final ByteBuffer one =
            ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, 1);
    private final ByteBuffer read = ByteBuffer.allocateDirect(SIGNAL_BYTES);

    ChildArrival(Libc libc) {
        this.libc = libc;
    }

    /** Before the first wait. A descriptor that the kernel has not is left out: {@code poll} passes over -1. */
    void open() {
        announcements = libc.eventfd(0, Libc.O_CLOEXEC | Libc.O_NONBLOCK);
        endings = libc.signalfd(Signal.CHLD.bit(), Libc.O_CLOEXEC | Libc.O_NONBLOCK);
        either = new long[] {wanted(announcements), wanted(endings)};
        opened = true;
    }

    private static long wanted(int descriptor) {
        return Integer.toUnsignedLong(descriptor) | (long) Libc.POLLIN << 32;
    }

    /**
     * Ends the wait of now, or else the next one. Costs nothing if it has been called since the last wait. Never throws:
     * whoever has just started a process must get it. If it fails, the end of the child ends the wait.
     */
    void announce() {
        if (opened && announced.compareAndSet(false, true)) {
            try {
                libc.write(announcements, one, Long.BYTES);
            } catch (Throwable failure) {
                announced.set(false);
            }
        }
    }

    /** Returns when there may be a child, and at the latest after this time. */
    void await(Duration longest) {
        libc.poll(either, (int) longest.toMillis());
        if (happened(either[1])) {
            libc.read(endings, read, SIGNAL_BYTES);
        }
        if (happened(either[0])) {
            // In this order: an announcement in between is of a child that the next waitid finds.
            libc.read(announcements, read, Long.BYTES);
            announced.set(false);
        }
    }

    private static boolean happened(long polled) {
        return polled >>> 48 != 0;
    }
}
