package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stop signal that arrives while the JVM or the nodes are still starting is not lost. */
@OnStage
class EarlySignalIT {

    private static final int TERM = 15;

    /** Counted from when the launcher has blocked the signal: before, PID 1 of any program is deaf to it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 10, 20, 50, 100, 200, 300, 500, 1000, 2000})
    void aStopSignalAtAnyTimeAfterTheStartEndsTheSandbox(int millis, Stage stage) {
        Path volume = millis >= 200 ? Cluster.volume(stage) : stage.volume();
        long start = System.nanoTime();
        Sandbox sandbox = stage.sandbox("early", volume).start();
        Await.until(Duration.ofSeconds(20), "blocked SIGTERM", () -> Kernel.blocks(sandbox.pid(), TERM));
        System.out.println("MEASURED SIGTERM blocked " + (System.nanoTime() - start) / 1_000_000
                + " ms after the sandbox was asked for");
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
        assertEquals(0, sandbox.stop(Duration.ofSeconds(20)), () -> sandbox.log().text());
    }
}
