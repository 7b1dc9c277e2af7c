package com.tiredpixel.pgxl.agent.supervisor.lock;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** {@link Heartbeats} in one thread, which is there only while there is something to do. */
final class HeartbeatThread implements Heartbeats {
    private final Set<Runnable> beats = new LinkedHashSet<>();
    private boolean running;

    @Override
    public synchronized void add(Runnable beat) {
        beats.add(beat);
        if (!running) {
            Thread thread = new Thread(this::run, "owner's heartbeat");
            thread.setDaemon(true);
            thread.start();
            running = true;
        }
    }

    @Override
    public synchronized void remove(Runnable beat) {
        beats.remove(beat);
    }

    private void run() {
        List<Runnable> due = next();
        while (!due.isEmpty()) {
            for (Runnable beat : due) {
                try {
                    beat.run();
                } catch (Throwable e) {
                    // The others are to go on; this one runs again, and who watches it sees whether it helped.
                }
            }
            due = next();
        }
    }

    /** Waits for a beat's time, then returns what is due; nothing is due any more when the thread is to end. */
    private synchronized List<Runnable> next() {
        try {
            wait(SignsOfLife.BEAT.toMillis());
        } catch (InterruptedException e) {
            // Nobody may end a heart by interrupting it.
        }
        running = !beats.isEmpty();
        return List.copyOf(beats);
    }
}
