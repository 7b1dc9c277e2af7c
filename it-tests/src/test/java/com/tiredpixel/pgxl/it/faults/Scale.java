package com.tiredpixel.pgxl.it.faults;

import java.time.Duration;

/** How often to try: the system property {@code pgxl.faults} is {@code quick}, {@code full}, or N for one N-th of full. */
final class Scale {
    private static final String PROPERTY = System.getProperty("pgxl.faults", "quick");

    private Scale() {
    }

    static boolean isQuick() {
        return PROPERTY.equals("quick");
    }

    /**
     * @param quick the least that still means something
     * @param full what the promise is measured by
     */
    static int times(int quick, int full) {
        return switch (PROPERTY) {
            case "quick" -> quick;
            case "full" -> full;
            default -> Math.max(quick, full / Integer.parseInt(PROPERTY));
        };
    }

    /** As {@link #times}, for how long. */
    static Duration time(Duration quick, Duration full) {
        return Duration.ofSeconds(times((int) quick.toSeconds(), (int) full.toSeconds()));
    }
}
