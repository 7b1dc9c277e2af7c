package com.tiredpixel.pgxl.agent.os;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Prints the signals it gets, until SIGTERM. */
final class SignalScenario {
    private SignalScenario() {
    }

    public static void main(String[] arguments) throws Exception {
        var terminated = new CountDownLatch(1);
        boolean failing = arguments.length > 0;
        var signals = new Signals(Libc.load(), (level, subject, message) -> System.out.println(message),
                MonotonicClock.system(), signal -> {
            System.out.println(signal);
            if (signal.signal() == Signal.TERM) {
                terminated.countDown();
            } else if (failing) {
                throw new OutOfMemoryError("as a test says");
            }
        });
        System.out.println("ready");
        signals.start();
        if (!terminated.await(60, TimeUnit.SECONDS)) {
            System.exit(2);
        }
    }
}
