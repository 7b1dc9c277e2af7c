package com.tiredpixel.pgxl.agent.indoubt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every combination of what a coordinator and three participants may say. */
class DecisionTest {
    private static final List<Answer> ANSWERS = List.of(
            new Answer.Prepared(), new Answer.Committed(), new Answer.Aborted(), new Answer.Never(), new Answer.Busy(),
            new Answer.Silent("gone"));

    private interface Case {
        void look(Answer origin, List<Answer> answers, Decision decision);
    }

    private static void all(Case look) {
        int cases = 0;
        for (Answer origin : ANSWERS) {
            for (Answer one : ANSWERS) {
                for (Answer two : ANSWERS) {
                    for (Answer three : ANSWERS) {
                        look.look(origin, List.of(one, two, three), decide(origin, one, two, three));
                        cases++;
                    }
                }
            }
        }
        assertEquals(1296, cases);
    }

    private static Decision decide(Answer origin, Answer one, Answer two, Answer three) {
        return Decision.of("c1", origin, Map.of("d1", one, "d2", two, "d3", three));
    }

    private static boolean any(List<Answer> answers, Class<?>... kinds) {
        return answers.stream().anyMatch(answer -> List.of(kinds).contains(answer.getClass()));
    }

    private static boolean acts(Decision decision) {
        return decision instanceof Decision.Commit || decision instanceof Decision.RollBack;
    }

    @Test
    void nothingIsDoneWhileOneAnswerIsMissingOrASessionIsAtIt() {
        all((origin, answers, decision) -> {
            boolean open = any(answers, Answer.Silent.class, Answer.Busy.class)
                    || any(List.of(origin), Answer.Silent.class, Answer.Busy.class);
            assertEquals(open, decision instanceof Decision.Leave, origin + " " + answers + " " + decision);
        });
    }

    @Test
    void nothingIsRolledBackThatSomebodyHasCommittedAndNothingCommittedThatSomebodyHasLost() {
        all((origin, answers, decision) -> {
            if (any(answers, Answer.Committed.class) || origin instanceof Answer.Committed) {
                assertTrue(!(decision instanceof Decision.RollBack), origin + " " + answers);
            }
            if (any(answers, Answer.Aborted.class, Answer.Never.class)) {
                assertTrue(!(decision instanceof Decision.Commit), origin + " " + answers);
            }
        });
    }

    /** The client heard COMMIT, or one node made it so. */
    @Test
    void whatOneNodeHasCommittedAndAnotherHasLostIsTorn() {
        all((origin, answers, decision) -> {
            boolean closed = !any(answers, Answer.Silent.class, Answer.Busy.class)
                    && !any(List.of(origin), Answer.Silent.class, Answer.Busy.class);
            boolean torn = closed && any(answers, Answer.Prepared.class)
                    && any(answers, Answer.Aborted.class, Answer.Never.class)
                    && (any(answers, Answer.Committed.class) || origin instanceof Answer.Committed);
            assertEquals(torn, decision instanceof Decision.Torn, origin + " " + answers + " " + decision);
        });
    }

    @Test
    void whateverElseIsPreparedIsEnded() {
        all((origin, answers, decision) -> {
            if (!any(answers, Answer.Prepared.class)) {
                assertTrue(!acts(decision), origin + " " + answers);
            } else if (!(decision instanceof Decision.Leave) && !(decision instanceof Decision.Torn)) {
                assertTrue(acts(decision), origin + " " + answers);
            }
        });
    }

    /** The client had an error or no answer, so it expects nothing; {@code pgxc_clean} commits these. */
    @Test
    void whatIsPreparedEverywhereIsRolledBack() {
        Answer prepared = new Answer.Prepared();
        assertInstanceOf(Decision.RollBack.class, decide(new Answer.Never(), prepared, prepared, prepared));
        assertInstanceOf(Decision.RollBack.class, decide(new Answer.Aborted(), prepared, prepared, prepared));
        assertInstanceOf(Decision.Commit.class, decide(new Answer.Committed(), prepared, prepared, prepared));
        assertInstanceOf(Decision.Commit.class, decide(new Answer.Aborted(), prepared, new Answer.Committed(), prepared));
    }

    @Test
    void anAnswerIsTakenFromWhatTheNodeSays() {
        assertEquals(new Answer.Busy(), Answer.of(null, false, false, 1));
        assertEquals(new Answer.Busy(), Answer.of(null, true, true, 1), "a COMMIT PREPARED is on its way");
        assertEquals(new Answer.Prepared(), Answer.of(null, true, true, 0), "it counts as running where the mends are");
        assertEquals(new Answer.Prepared(), Answer.of(null, false, true, 0));
        assertEquals(new Answer.Committed(), Answer.of(true, false, false, 0));
        assertEquals(new Answer.Aborted(), Answer.of(false, false, false, 0));
        assertEquals(new Answer.Never(), Answer.of(null, false, false, 0));
        assertEquals(new Answer.Busy(), Answer.of(null, true, false, 0));
    }
}
