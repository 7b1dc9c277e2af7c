package com.tiredpixel.pgxl.agent.supervisor.lock;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import com.tiredpixel.pgxl.agent.os.Lane;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link Heartbeats} in one thread, which is there only while there is something to do. One in a directory that does not
 * answer keeps no other waiting.
 */
final class HeartbeatThread implements Heartbeats {
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final int MOST_HANGING = 64;

    private final DiskThreads disk = DiskThreads.of("owner's-disk", MOST_HANGING);
    private final Map<Runnable, Lane> beats = new LinkedHashMap<>();
    private boolean running;

    @Override
    public synchronized void add(Runnable beat) {
        beats.put(beat, new Lane(disk, MonotonicClock.system(), () -> { }));
        if (!running) {
            Daemon.start("owner's heartbeat", this::run);
            running = true;
        }
    }

    @Override
    public synchronized void remove(Runnable beat) {
        beats.remove(beat);
    }

    private void run() {
        List<Map.Entry<Runnable, Lane>> due = next();
        while (!due.isEmpty()) {
            for (Map.Entry<Runnable, Lane> beat : due) {
                try {
                    beat.getValue().ask(PATIENCE, () -> {
                        beat.getKey().run();
                        return true;
                    });
                } catch (Throwable e) {
                    // The others are to go on; this one runs again, and who watches it sees whether it helped.
                }
            }
            due = next();
        }
    }

    /** Waits for a beat's time, then returns what is due; nothing is due any more when the thread is to end. */
    private synchronized List<Map.Entry<Runnable, Lane>> next() {
        try {
            wait(SignsOfLife.BEAT.toMillis());
        } catch (InterruptedException e) {
            // Nobody may end a heart by interrupting it.
        }
        running = !beats.isEmpty();
        return beats.entrySet().stream().map(Map.Entry::copyOf).toList();
    }
}
