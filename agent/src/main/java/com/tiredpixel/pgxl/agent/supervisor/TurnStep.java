package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.supervisor.Mailbox.Note;

/** What a turn of the supervisor does, in this order. */
enum TurnStep {
    STOP(Note.STOP),
    HANG_UP(Note.HANG_UP),
    SCAN(Note.SCAN),
    TAKE_SCAN(null),
    NOTICE_ENDS(Note.SERVER_ENDED),
    HURRY_FOR_CHILD(Note.CHILD_ENDED),
    HURRY_FOR_ORPHAN(Note.ORPHAN_ENDED),
    OBEY(null),
    LOOK(null),
    WAKE(null),
    START_OR_STOP(null),
    ANSWER(null),
    PUBLISH(null),
    EXPLAIN(Note.EXPLAIN);

    /** What asks for it; null if it is done in every turn. */
    private final Note note;

    TurnStep(Note note) {
        this.note = note;
    }

    Note note() {
        return note;
    }
}
