package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.Signal;
import com.tiredpixel.pgxl.agent.os.Signals.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Signals that come before there is anything to signal. */
class SignalHandlerTest {
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch givenUp = new CountDownLatch(1);

    private SignalHandler handler(Duration longestStart) {
        return new SignalHandler((level, subject, message) -> log.add(message), MonotonicClock.system(), givenUp::countDown, longestStart);
    }

    @Test
    void aStopOfAStartThatHangsEndsTheAgent() throws Exception {
        SignalHandler handler = handler(Duration.ofMillis(300));
        handler.take(new Received(Signal.TERM, 0, 0));
        handler.take(new Received(Signal.TERM, 0, 0));
        assertTrue(givenUp.await(30, TimeUnit.SECONDS));
        assertTrue(log.stream().anyMatch(line -> line.endsWith(
                "the container stops before it has started: the volume does not answer")), log::toString);
    }

    @Test
    void otherSignalsEndNothing() throws Exception {
        SignalHandler handler = handler(Duration.ofMillis(1));
        for (Signal signal : List.of(Signal.HUP, Signal.USR1)) {
            handler.take(new Received(signal, 0, 0));
        }
        assertFalse(givenUp.await(200, TimeUnit.MILLISECONDS));
        assertEquals(List.of(), log);
    }
}
