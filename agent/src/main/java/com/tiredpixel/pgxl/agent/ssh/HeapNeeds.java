package com.tiredpixel.pgxl.agent.ssh;

import java.util.Arrays;
import java.util.Optional;

/**
 * How many sessions a heap carries, when each of them holds all that it can: half a packet, a full window, output and answers
 * that it does not read. Measured by {@code SshCrowdTest}; what is shared is bounded by {@link HeapShare}, {@link Answers} and
 * {@link Admission}.
 */
public final class HeapNeeds {
    private static final int KIB = 1024;
    /** Of one that has logged in. */
    static final int PER_SESSION = 60 * KIB;
    /** Of one that has not. */
    static final int PER_STRANGER = 48 * KIB;
    /** 3 MiB of an agent without sessions, 3 that clients of the status port may hold, and 1 for nodes and garbage. */
    static final int OTHERS = 7168 * KIB;

    private HeapNeeds() {
    }

    private static long shared() {
        return Arrays.stream(HeapShare.Part.values()).mapToLong(HeapShare.Part::bytes).sum()
                + HeapShare.KEPT
                + Answers.SHARED
                + (long) Guests.LIMITS.active() * PER_STRANGER;
    }

    /** @return how many sessions a heap of so many bytes carries, or less than one */
    static long most(long heap) {
        return Math.floorDiv(heap - OTHERS - shared(), PER_SESSION);
    }

    /** @return the heap that so many sessions need, in whole mebibytes */
    static long mebibytes(int sessions) {
        return -Math.floorDiv(-(OTHERS + shared() + (long) sessions * PER_SESSION), 1024L * KIB);
    }

    /**
     * @param sessions that are to be allowed
     * @param heap as large as it can be, in bytes
     * @return why that is not possible, as the rest of a sentence that begins with the setting
     */
    public static Optional<String> refusal(int sessions, long heap) {
        long most = most(heap);
        return sessions <= most
                ? Optional.empty()
                : Optional.of(sessions + " sessions need a Java heap of " + mebibytes(sessions) + " MB, and the heap of "
                        + heap / (1024 * KIB) + " MB has room for " + Math.max(0, most)
                        + ": lower the number, or add -Xmx" + mebibytes(sessions) + "m to PGXL_JAVA_OPTIONS");
    }
}
