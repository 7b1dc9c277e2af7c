package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Prints the signals it gets, until SIGTERM. */
final class SignalScenario {
    private SignalScenario() {
    }

    public static void main(String[] arguments) throws Exception {
        var terminated = new CountDownLatch(1);
        var failures = new ArrayDeque<Throwable>();
        if (arguments.length > 0) {
            failures.add(new OutOfMemoryError("as a test says"));
            failures.add(new IllegalStateException("as a test says"));
        }
        var signals = new Signals(Libc.load(), (level, subject, message) -> System.out.println(message),
                MonotonicClock.system(), signal -> {
            System.out.println(signal);
            Throwable failure = failures.poll();
            if (failure instanceof Error error) {
                throw error;
            } else if (failure instanceof RuntimeException exception) {
                throw exception;
            } else if (signal.signal() == Signal.TERM) {
                terminated.countDown();
            }
        });
        System.out.println("ready");
        signals.start();
        if (!terminated.await(60, TimeUnit.SECONDS)) {
            System.exit(2);
        }
    }
}
