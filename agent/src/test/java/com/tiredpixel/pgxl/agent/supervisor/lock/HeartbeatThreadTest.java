package com.tiredpixel.pgxl.agent.supervisor.lock;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class HeartbeatThreadTest {
    @Test
    void everyBeatRunsAgainAndAgainWhateverBecomesOfTheOthersAndAfterTheLastTheThreadEnds() throws Exception {
        var heartbeats = new HeartbeatThread();
        var twice = new CountDownLatch(2);
        Runnable failing = () -> {
            throw new OutOfMemoryError("a test");
        };
        Runnable counting = twice::countDown;
        heartbeats.add(failing);
        heartbeats.add(counting);
        assertTrue(twice.await(60, TimeUnit.SECONDS));

        heartbeats.remove(failing);
        heartbeats.remove(counting);
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (isThere() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        assertTrue(!isThere(), "nobody needs it any more");

        var again = new CountDownLatch(1);
        heartbeats.add(again::countDown);
        assertTrue(again.await(60, TimeUnit.SECONDS), "it comes back when somebody does");
    }

    /** Or a file system on which its other nodes do not lie would make another machine take this agent for dead. */
    @Test
    void aBeatThatHangsKeepsNoOtherWaiting() throws Exception {
        var heartbeats = new HeartbeatThread();
        var answer = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        Runnable hanging = () -> {
            begun.countDown();
            try {
                assertTrue(answer.await(60, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        heartbeats.add(hanging);
        assertTrue(begun.await(60, TimeUnit.SECONDS));
        var others = new CountDownLatch(2);
        Runnable other = others::countDown;
        heartbeats.add(other);
        assertTrue(others.await(30, TimeUnit.SECONDS));
        heartbeats.remove(hanging);
        heartbeats.remove(other);
        answer.countDown();
    }

    private static boolean isThere() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals("owner's heartbeat"));
    }
}
