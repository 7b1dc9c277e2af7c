package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Writes the one line about a command: who, from where, what, how long, how it ended. */
class Audit {
    /** Of a channel that runs nothing. */
    static final Audit NONE = new Audit(null, null, null, "", () -> { }) {
        @Override
        void ended(ExitStatus status) {
        }

        @Override
        void clientGone() {
        }
    };

    private final EventLog log;
    private final MonotonicClock clock;
    private final Counters counters;
    private final String intro;
    private final Runnable whenOver;
    private final Duration start;
    private final LongAdder in = new LongAdder();
    private final LongAdder out = new LongAdder();
    private final AtomicBoolean over = new AtomicBoolean();

    /** @param whenOver called once */
    Audit(EventLog log, MonotonicClock clock, Counters counters, String intro, Runnable whenOver) {
        this.log = log;
        this.clock = clock;
        this.counters = counters;
        this.intro = intro;
        this.whenOver = whenOver;
        this.start = clock == null ? Duration.ZERO : clock.now();
    }

    void received(long bytes) {
        in.add(bytes);
    }

    void sent(long bytes) {
        out.add(bytes);
    }

    /** @param status null if the command could not be started */
    void ended(ExitStatus status) {
        if (over.compareAndSet(false, true)) {
            counters.commandEnded(status);
            say(status == null ? "not started" : status.toString());
            whenOver.run();
        }
    }

    void clientGone() {
        if (over.compareAndSet(false, true)) {
            counters.commandAbandoned();
            say("client gone before its end");
            whenOver.run();
        }
    }

    /** By hand: String.format loads what Java knows of the world's ways to write numbers, which stays in memory. */
    private static String seconds(Duration took) {
        String thousandths = Integer.toString(1000 + took.toMillisPart());
        return took.toSeconds() + "." + thousandths.substring(1);
    }

    private void say(String end) {
        Duration took = clock.now().minus(start);
        log.info(
                EventLog.AUDIT,
                intro + ": " + end + " after " + seconds(took) + " s, " + in.sum() + " bytes in, " + out.sum() + " bytes out");
    }
}
