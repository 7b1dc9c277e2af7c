package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Gives memory back when work is over: the Java heap, the C heap, and the clean pages of the JVM. It sleeps until
 * it is stirred, so an idle agent is not woken up for it, as it would be by the JVM's {@code TrimNativeHeapInterval}.
 */
public final class MemoryTrimmer {
    private static final Path SMAPS = Path.of("/proc/self/smaps");
    /** Some 200 KB; more than that would be no time to read it. */
    private static final int MOST_BYTES = 2 * 1024 * 1024;
    /** After the last stir. */
    static final Duration QUIET = Duration.ofSeconds(5);
    /** After the first one, however restless it is. */
    static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final long SETTLING_NANOS = SETTLING.toNanos();

    private final Libc libc;
    private final MonotonicClock clock;
    private final EventLog log;
    private final Semaphore stirred = new Semaphore(0);
    private volatile Duration lastStir;
    private List<CleanPages.Range> cleanPages;

    /** @param log told of what goes wrong */
    public MemoryTrimmer(Libc libc, MonotonicClock clock, EventLog log) {
        this.libc = libc;
        this.clock = clock;
        this.log = log;
        this.lastStir = clock.now();
    }

    /** Starts the thread, as a daemon; the start of the program itself is the first work. */
    public void start() {
        stir();
        Daemon.start("memory", this::run);
    }

    /** Something was done that may have taken memory. Does not wait, and does not fail if there is none. */
    public void stir() {
        try {
            lastStir = clock.now();
        } catch (OutOfMemoryError none) {
            // Then the time of the last one is good enough.
        }
        if (stirred.availablePermits() == 0) {
            stirred.release();
        }
    }

    private void run() {
        while (true) {
            try {
                stirred.acquireUninterruptibly();
                awaitQuiet(clock.now().plus(LONGEST));
                trim();
            } catch (Throwable e) {
                tell(e);
                LockSupport.parkNanos(this, SETTLING_NANOS);
            }
        }
    }

    private void awaitQuiet(Duration latest) {
        while (true) {
            Duration quiet = lastStir.plus(QUIET);
            Duration left = (quiet.compareTo(latest) < 0 ? quiet : latest).minus(clock.now());
            if (left.isNegative() || left.isZero()) {
                stirred.drainPermits();
                return;
            }
            LockSupport.parkNanos(this, left.toNanos());
        }
    }

    /**
     * The pages last, and after a moment, because a collection uses them, and so does a compiler that is still busy with
     * what ran just before.
     */
    private void trim() throws IOException {
        if (cleanPages == null) {
            cleanPages = cleanPages();
        }
        System.gc();
        LockSupport.parkNanos(this, SETTLING.toNanos());
        libc.mallocTrim();
        for (CleanPages.Range range : cleanPages) {
            libc.madvise(range.start(), range.length(), Libc.MADV_DONTNEED);
        }
    }

    private static List<CleanPages.Range> cleanPages() throws IOException {
        FileRead smaps = BoundedFiles.system().read(SMAPS, MOST_BYTES);
        String text = smaps instanceof FileRead.Content all ? new String(all.bytes(), StandardCharsets.ISO_8859_1) : "";
        return CleanPages.in(new BufferedReader(new StringReader(text)));
    }

    private void tell(Throwable e) {
        try {
            log.debug("agent", "memory could not be given back: " + e);
        } catch (Throwable noMemory) {
            log.leftOut();
        }
    }
}
