package com.tiredpixel.pgxl.agent.indoubt;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** What is to become of a transaction. Pure: answers in, decision out. */
sealed interface Decision {

    /** @return for people */
    String why();

    /** Somebody has committed. */
    record Commit(String why) implements Decision {
    }

    /** Nobody has committed, and the client has heard an error or nothing. */
    record RollBack(String why) implements Decision {
    }

    /** Not now. */
    record Leave(String why) implements Decision {
    }

    /** One has committed what another has not: only a person can say what is right. */
    record Torn(String why) implements Decision {
    }

    /** Nothing of it is prepared any more. */
    record Settled(String why) implements Decision {
    }

    /**
     * @param coordinator name of the one that started it
     * @param origin what that one says
     * @param participants name to answer of each that was to prepare it
     */
    static Decision of(String coordinator, Answer origin, Map<String, Answer> participants) {
        var all = new TreeMap<>(participants);
        for (Map.Entry<String, Answer> one : all.entrySet()) {
            if (one.getValue() instanceof Answer.Silent || one.getValue() instanceof Answer.Busy) {
                return new Leave(one.getKey() + ": " + one.getValue());
            }
        }
        // Its session may be about to commit: only the coordinator itself can say that there is none.
        if (origin instanceof Answer.Silent || origin instanceof Answer.Busy) {
            return new Leave("coordinator " + coordinator + ": " + origin);
        }
        Collection<Answer> answers = all.values();
        String said = "coordinator " + coordinator + ": " + origin + "; " + all;
        boolean committed = origin instanceof Answer.Committed
                || answers.stream().anyMatch(Answer.Committed.class::isInstance);
        boolean lost = answers.stream().anyMatch(
                answer -> answer instanceof Answer.Aborted || answer instanceof Answer.Never);
        if (answers.stream().noneMatch(Answer.Prepared.class::isInstance)) {
            return new Settled(said);
        }
        if (committed && lost) {
            return new Torn(said);
        }
        return committed ? new Commit(said) : new RollBack(said);
    }
}
