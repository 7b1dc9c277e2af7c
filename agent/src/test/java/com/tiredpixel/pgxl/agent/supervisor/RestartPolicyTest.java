package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
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
}
