package com.tiredpixel.pgxl.agent.indoubt;

/** What a node says of one transaction. */
sealed interface Answer {

    /** It waits there for its end, and nobody is at it. */
    record Prepared() implements Answer {
        @Override
        public String toString() {
            return "prepared";
        }
    }

    /** It is committed there. */
    record Committed() implements Answer {
        @Override
        public String toString() {
            return "committed";
        }
    }

    /** It is rolled back there. */
    record Aborted() implements Answer {
        @Override
        public String toString() {
            return "aborted";
        }
    }

    /** The node knows nothing of it: it has not written, or died before its PREPARE was on the disk. */
    record Never() implements Answer {
        @Override
        public String toString() {
            return "never";
        }
    }

    /** A session there is at it: in the transaction, or about to prepare or end it. */
    record Busy() implements Answer {
        @Override
        public String toString() {
            return "busy";
        }
    }

    /**
     * There is no answer, and none must be made up.
     *
     * @param why for the log
     */
    record Silent(String why) implements Answer {
        @Override
        public String toString() {
            return "no answer: " + why;
        }
    }

    /**
     * @param committed what {@code pgxc_is_committed} says; null if nothing
     * @param running whether it counts as running there
     * @param prepared whether it is in {@code pg_prepared_xacts}
     * @param sessions how many sessions are in it, or have a statement under way that names it
     */
    static Answer of(Boolean committed, boolean running, boolean prepared, int sessions) {
        if (sessions > 0) {
            return new Busy();
        }
        if (prepared) {
            return new Prepared();
        }
        if (committed != null) {
            return committed ? new Committed() : new Aborted();
        }
        return running ? new Busy() : new Never();
    }
}
