package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import com.tiredpixel.pgxl.agent.os.Lane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A {@link Lane} for each data directory, and how long the supervisor waits for one. Supervisor's thread only. */
final class Lanes {
    /** A healthy disk answers in milliseconds; a busy one is waited for a little, and left alone for a turn. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** Where one directory does not answer its neighbours may not either, and there may be many. */
    private static final Duration WHILE_ONE_HANGS = Duration.ofMillis(250);
    private static final int MOST = 256;

    private final DiskThreads threads;
    private final MonotonicClock clock;
    private final Runnable whenBack;
    private final Map<Path, Lane> lanes = new HashMap<>();

    /** @param whenBack called, by any thread, when a directory answers again */
    Lanes(DiskThreads threads, MonotonicClock clock, Runnable whenBack) {
        this.threads = threads;
        this.clock = clock;
        this.whenBack = whenBack;
    }

    /** @return the same for the same directory, for as long as anything hangs there */
    Lane of(Path directory) {
        if (lanes.size() >= MOST) {
            lanes.values().removeIf(lane -> !lane.hangs());
        }
        return lanes.computeIfAbsent(directory, unknown -> new Lane(threads, clock, whenBack));
    }

    /** @return how long to wait now */
    Duration patience() {
        return lanes.values().stream().anyMatch(Lane::hangs) ? WHILE_ONE_HANGS : PATIENCE;
    }
}
