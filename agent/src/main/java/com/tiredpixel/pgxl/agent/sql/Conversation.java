package com.tiredpixel.pgxl.agent.sql;

import java.util.List;

/** Talks to a node in SQL, over a connection of its own. */
@FunctionalInterface
public interface Conversation {

    /** What came of it. */
    sealed interface Result {

        /** @param text what it printed, errors of single statements too */
        record Said(String text) implements Result {
        }

        /** @param why there was no connection, or no end in time */
        record Nothing(String why) implements Result {
        }
    }

    /**
     * @param node where
     * @param database in which
     * @param statements one after the other
     * @param question whether the server may cancel it: a question has a limit of time, and the end of a transaction none
     */
    Result say(ClusterNode node, String database, List<String> statements, boolean question);
}
