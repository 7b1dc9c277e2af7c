package com.tiredpixel.pgxl.agent.supervisor.lock;

import java.time.Duration;

/**
 * Whether an owner lives, from a number that it changes: watched by the clock of the one who watches, because the clocks of
 * two machines have nothing in common.
 */
final class SignsOfLife {
    /** How often an owner changes its number. */
    static final Duration BEAT = Duration.ofSeconds(2);
    /** A number that has not changed for so long, and in so many looks, says nothing. */
    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LOOKS = 5;

    private String watched = "";
    private String last = "";
    private Duration lastChange = Duration.ZERO;
    private int looksSince;
    private boolean hasChanged;

    /** What is known so far. */
    enum Verdict {
        /** Not watched for long enough. */
        WATCHED,
        /** The number changes. */
        ALIVE,
        /** It does not. The owner may be dead, frozen, or cut off from the file system. */
        SILENT
    }

    /**
     * @param whose which owner; another one is watched from the beginning
     * @param number as it is now
     * @param now by the clock of the one who watches
     */
    Verdict look(String whose, String number, Duration now) {
        if (!whose.equals(watched)) {
            watched = whose;
            hasChanged = false;
            begin(number, now);
        } else if (!number.equals(last)) {
            hasChanged = true;
            begin(number, now);
        } else {
            looksSince++;
        }
        if (now.minus(lastChange).compareTo(PATIENCE) >= 0 && looksSince >= LOOKS) {
            return Verdict.SILENT;
        }
        return hasChanged ? Verdict.ALIVE : Verdict.WATCHED;
    }

    private void begin(String number, Duration now) {
        last = number;
        lastChange = now;
        looksSince = 0;
    }
}
