package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The lines of the log that whoever can connect can cause: some a minute for each network, some for all networks together,
 * and a line that counts what was left out. Logins have a share of their own, which no flood of connections takes away.
 */
final class StrangerLines {
    static final int OF_A_NETWORK = 10;
    /** For connections and for logins each: 15 MB a day at most. */
    static final int OF_ALL = 30;
    static final Duration WINDOW = Duration.ofMinutes(1);

    private final EventLog log;
    private final MonotonicClock clock;
    private final Later later;
    /** Lines of the window by subject, and by subject and network: never more than were let through. */
    private final Map<String, Integer> lines = new HashMap<>();
    private Duration start;
    private long leftOut;

    /** Runs something once. */
    @FunctionalInterface
    interface Later {
        void run(Duration delay, Runnable task);
    }

    StrangerLines(EventLog log, MonotonicClock clock, Later later) {
        this.log = log;
        this.clock = clock;
        this.later = later;
        this.start = clock.now();
    }

    /** @param client whose network is counted */
    void say(EventLog.Level level, String subject, SocketAddress client, String line) {
        say(level, subject, Network.site(client), line);
    }

    /** @param network or something else that many lines may be about */
    void say(EventLog.Level level, String subject, String network, String line) {
        // What is not logged by default takes no place from what is.
        if (isRoom(level == EventLog.Level.DEBUG ? "debug" : subject, network)) {
            log.event(level, subject, line);
        }
    }

    private synchronized boolean isRoom(String share, String network) {
        Duration now = clock.now();
        if (now.minus(start).compareTo(WINDOW) >= 0) {
            tell();
            lines.clear();
            start = now;
        }
        String key = share + " " + network;
        int ofAll = lines.getOrDefault(share, 0);
        int ofNetwork = lines.getOrDefault(key, 0);
        if (ofAll >= OF_ALL || ofNetwork >= OF_A_NETWORK) {
            if (leftOut++ == 0) {
                later.run(WINDOW.minus(now.minus(start)), this::tell);
            }
            return false;
        }
        lines.put(share, ofAll + 1);
        lines.put(key, ofNetwork + 1);
        return true;
    }

    private synchronized void tell() {
        if (leftOut > 0) {
            log.warn("ssh", "left out " + leftOut + " lines about connections and logins: a minute has " + OF_A_NETWORK
                    + " for a network, and " + OF_ALL + " of each for all");
            leftOut = 0;
        }
    }
}
