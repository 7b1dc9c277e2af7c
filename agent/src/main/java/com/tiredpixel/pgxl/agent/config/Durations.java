package com.tiredpixel.pgxl.agent.config;

import java.time.Duration;

/** Durations as the settings write them. */
final class Durations {
    private Durations() {
    }

    /** @return in the largest unit that leaves no remainder: {@code 1500ms}, {@code 9s}, {@code 1h} */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "min" : seconds + "s";
    }
}
