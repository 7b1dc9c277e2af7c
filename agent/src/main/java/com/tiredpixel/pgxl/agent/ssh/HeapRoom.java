package com.tiredpixel.pgxl.agent.ssh;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until the heap has room again. An {@link OutOfMemoryError} in the middle of the JDK's own work can leave that half
 * done, such as a listening socket that never accepts again: so ask before, and allocate nothing while there is no room.
 */
final class HeapRoom {
    private static final int PROBE = 16 * 1024;
    private static final long PAUSE_NANOS = 50_000_000;
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int PAUSES = (int) (LONGEST.toNanos() / PAUSE_NANOS);
    private static final int MOST_CAUSES = 5;

    /** Written to, so that the allocation is not optimised away. */
    private volatile byte[] probe;

    /** Waits if it was for lack of heap. */
    void awaitAfter(Throwable problem) {
        Throwable cause = problem;
        for (int i = 0; i < MOST_CAUSES && cause != null; i++) {
            if (cause instanceof OutOfMemoryError) {
                await();
                return;
            }
            cause = cause.getCause();
        }
    }

    /** @return whether there is room; after {@link #LONGEST} without, false */
    boolean await() {
        return await(PROBE);
    }

    /** @return whether there is room for so many bytes; after {@link #LONGEST} without, false */
    boolean await(int bytes) {
        for (int i = 0; i < PAUSES; i++) {
            if (isThere(bytes)) {
                return true;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return false;
    }

    private boolean isThere(int bytes) {
        try {
            probe = new byte[bytes];
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        } finally {
            probe = null;
        }
    }
}
