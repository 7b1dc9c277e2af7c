package com.tiredpixel.pgxl.agent.supervisor.lock;

import static com.tiredpixel.pgxl.agent.supervisor.lock.SignsOfLife.Verdict.ALIVE;
import static com.tiredpixel.pgxl.agent.supervisor.lock.SignsOfLife.Verdict.SILENT;
import static com.tiredpixel.pgxl.agent.supervisor.lock.SignsOfLife.Verdict.WATCHED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SignsOfLifeTest {
    private final SignsOfLife signs = new SignsOfLife();

    @Test
    void aNumberThatChangesIsLifeAndOneThatStandsStillIsSilenceAfterAWhile() {
        for (int second = 0; second < 10; second++) {
            assertEquals(WATCHED, look("a", "1", second));
        }
        assertEquals(SILENT, look("a", "1", 10));
        assertEquals(ALIVE, look("a", "2", 11));
        for (int second = 12; second < 21; second++) {
            assertEquals(ALIVE, look("a", "2", second));
        }
        assertEquals(SILENT, look("a", "2", 21));
    }

    @Test
    void anotherOwnerIsWatchedFromTheBeginning() {
        look("a", "1", 0);
        look("a", "2", 9);
        assertEquals(WATCHED, look("b", "2", 30));
        assertEquals(WATCHED, look("b", "2", 31));
    }

    /** The one who watches may have been frozen itself: then it saw nothing, and that is no silence. */
    @Test
    void twoLooksAnHourApartAreNoSilence() {
        look("a", "1", 0);
        assertEquals(WATCHED, look("a", "1", 3600));
    }

    private SignsOfLife.Verdict look(String whose, String number, int seconds) {
        return signs.look(whose, number, Duration.ofSeconds(seconds));
    }
}
