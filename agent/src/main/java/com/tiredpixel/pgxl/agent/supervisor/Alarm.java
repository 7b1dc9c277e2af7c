package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.time.Duration;
import java.util.Optional;

/** The next moment at which a node has something to do: one at most, and each rings once. */
final class Alarm {
    private final MonotonicClock clock;
    private Optional<Duration> time = Optional.empty();

    Alarm(MonotonicClock clock) {
        this.clock = clock;
    }

    void setIn(Duration pause) {
        time = Optional.of(clock.now().plus(pause));
    }

    /** Where there should be one and, after a failure, is none. */
    void setUnlessSet(Duration pause) {
        if (time.isEmpty()) {
            setIn(pause);
        }
    }

    void off() {
        time = Optional.empty();
    }

    /** @return whether its moment has come; then it is off */
    boolean rings(Duration now) {
        boolean rings = time.filter(moment -> now.compareTo(moment) >= 0).isPresent();
        if (rings) {
            off();
        }
        return rings;
    }

    /** @return the moment, by the monotonic clock */
    Optional<Duration> time() {
        return time;
    }
}
