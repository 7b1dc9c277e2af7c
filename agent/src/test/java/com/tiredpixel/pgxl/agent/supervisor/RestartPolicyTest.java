package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestartPolicyTest {
    private static final RestartPolicy POLICY = FakeWorld.RESTARTS;

    @ParameterizedTest(name = "failure {0} in a row waits {1} s")
    @CsvSource({"1,0", "2,1", "3,2", "4,4", "5,8", "6,16", "7,32", "8,60", "9,60", "1000,60", "2147483647,60"})
    void theWaitDoublesFromOneSecondToSixty(int failures, long seconds) {
        assertEquals(Duration.ofSeconds(seconds), POLICY.delay(failures, 0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 0.5, 0.999})
    void jitterOnlyShortensAndByAFifthAtMost(double chance) {
        for (int failures = 1; failures < 12; failures++) {
            Duration full = POLICY.delay(failures, 0);
            Duration jittered = POLICY.delay(failures, chance);
            assertTrue(jittered.compareTo(full) <= 0);
            assertTrue(jittered.compareTo(full.multipliedBy(4).dividedBy(5)) >= 0);
        }
    }

    @Test
    void aCrashAfterTenSecondsOfServiceCountsAsTheFirst() {
        var history = new RestartHistory(POLICY);
        history.crashed(Duration.ofSeconds(1), 0);
        assertEquals(Duration.ofSeconds(1), history.crashed(Duration.ofSeconds(9), 0));
        assertEquals(Duration.ofSeconds(2), history.crashed(Duration.ofSeconds(9), 0));
        assertEquals(Duration.ZERO, history.crashed(Duration.ofSeconds(10), 0));
        assertEquals(Duration.ofSeconds(1), history.crashed(Duration.ZERO, 0));
    }

    @Test
    void oneThatIsKilledEachHalfMinuteIsNeverLeftDown() {
        var history = new RestartHistory(POLICY);
        for (int kill = 0; kill < 100; kill++) {
            assertEquals(Duration.ZERO, history.crashed(Duration.ofSeconds(30), 0));
        }
    }

    @Test
    void fiveRestartsWithinFiveMinutesAreACrashLoopAndFourAreNot() {
        var history = new RestartHistory(POLICY);
        for (int second = 0; second < 4; second++) {
            history.restarted(Duration.ofSeconds(second));
        }
        assertFalse(history.isCrashLoop(Duration.ofSeconds(4)));
        history.restarted(Duration.ofSeconds(5));
        assertTrue(history.isCrashLoop(Duration.ofSeconds(5)));
        assertTrue(history.isCrashLoop(Duration.ofSeconds(300)));
        assertFalse(history.isCrashLoop(Duration.ofSeconds(301)), "the verdict ends with the window");
    }

    @Test
    void theOperatorOpensANewChapter() {
        var history = new RestartHistory(POLICY);
        for (int second = 0; second < 6; second++) {
            history.crashed(Duration.ZERO, 0);
            history.restarted(Duration.ofSeconds(second));
        }
        history.reset();
        assertFalse(history.isCrashLoop(Duration.ofSeconds(6)));
        assertEquals(Duration.ZERO, history.crashed(Duration.ZERO, 0));
        assertEquals(6, history.restarts(), "what happened is still counted");
    }
}
