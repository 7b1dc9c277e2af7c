package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.MonotonicClock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Keeps one noisy peer from filling the log: some lines a minute for each key, then a count of what was left
 * out. Remembers a bounded number of keys.
 */
final class RateLimit {
    private static final int KEYS = 1024;
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final MonotonicClock clock;
    private final int linesPerWindow;
    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > KEYS;
        }
    };

    RateLimit(MonotonicClock clock, int linesPerWindow) {
        this.clock = clock;
        this.linesPerWindow = linesPerWindow;
    }

    /**
     * @param key such as an address
     * @param line what to say
     * @param say gets the line, with a note of what was left out before it, or is not called
     */
    void limit(String key, String line, Consumer<String> say) {
        int leftOut;
        synchronized (windows) {
            Duration now = clock.now();
            Window window = windows.get(key);
            if (window == null || now.minus(window.start).compareTo(WINDOW) >= 0) {
                leftOut = window == null ? 0 : Math.max(0, window.lines - linesPerWindow);
                windows.put(key, window = new Window(now));
            } else {
                leftOut = 0;
            }
            if (++window.lines > linesPerWindow) {
                return;
            }
        }
        say.accept(leftOut == 0 ? line : line + " (and " + leftOut + " more like it before)");
    }

    private static final class Window {
        private final Duration start;
        private int lines;

        Window(Duration start) {
            this.start = start;
        }
    }
}
