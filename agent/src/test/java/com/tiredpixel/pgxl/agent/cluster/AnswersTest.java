package com.tiredpixel.pgxl.agent.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tiredpixel.pgxl.agent.cluster.view.MemberView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Answers are read as they are, and others are refused. */
class AnswersTest {
    private static final String STATUS = "{\"agent\":{\"servers\":\"10.9\"},\"nodes\":[{\"directory\":\"/d\","
            + "\"state\":\"RUNNING\",\"ready\":true,\"readiness\":\"ready\",\"reason\":\"pid 1 \\u00e4\"}]}";
    private static final String DISK = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 9 8 1 88% /\n";

    private static String answer(String status, String last) {
        return status + "\n" + Answers.SECTION + "\n" + DISK + Answers.SECTION + "\n" + last;
    }

    @Test
    void anAgentsAnswerIsThatOfItsDirectoryAndTheLastGtmCounts() {
        assertEquals(new MemberView.Agent("RUNNING", true, "ready; pid 1 ä", "10.9", 88, "new:2"),
                Answers.agent(answer(STATUS, "gtm_host = 'old'\ngtm_port = 2 # x\ngtm_host = 'new'\n"), "/d"));
        assertEquals("MISSING", Answers.agent(answer(STATUS, ""), "/other").state());
    }

    @Test
    void aStandbyIsBehindByItsPositionsInEitherVersion() {
        String facts = "facts|f|10.9|1234|2|70|1|5\n";
        String row = "standby|{\"application_name\":\"d1\",\"state\":\"streaming\",\"sync_state\":\"sync\","
                + "\"sent_%1$s\":\"1/0\",\"replay_%1$s\":\"0/FFFFFFF0\"%2$s}\n";
        for (String column : List.of("lsn", "location")) {
            assertEquals(new MemberView.Database(false, "10.9", 1234,
                    new MemberView.Prepared(2, 70), new MemberView.Prepared(1, 5),
                    List.of(new MemberView.Standby("d1", "streaming", "sync", 16, Optional.empty()))),
                    Answers.database(facts + String.format(row, column, "")));
        }
        Map.of("\"00:00:01.5\"", 1.5, "\"1 day 02:00:03\"", 93603.0, "\"3 days 00:01:00\"", 259260.0)
                .forEach((interval, lag) -> assertEquals(Optional.of(lag), lag(facts, row, interval)));
        List.of("null", "1.5", "\"x\"", "\"-00:00:01\"", "\"99999999999999999999:00:00\"")
                .forEach(interval -> assertEquals(Optional.empty(), lag(facts, row, interval), interval));
    }

    private static Optional<Double> lag(String facts, String row, String interval) {
        return Answers.database(facts + String.format(row, "lsn", ",\"replay_lag\":" + interval)).standbys().get(0)
                .lagSeconds();
    }

    @Test
    void whatIsNoAnswerIsRefused() {
        for (String text : List.of("", "x", answer("", ""), answer("{", ""), answer("[[[", ""), answer("{\"a\":\"\\u00", ""),
                answer("[".repeat(10_000), ""), answer("{\"agent\":1}", ""))) {
            assertThrows(IllegalArgumentException.class, () -> Answers.agent(text, "/d"));
        }
        assertThrows(IllegalArgumentException.class, () -> Answers.database("facts|f|10|x|y|z|1|1"));
        assertThrows(IllegalArgumentException.class, () -> Answers.database("ERROR"));
    }
}
