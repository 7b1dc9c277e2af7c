package com.tiredpixel.pgxl.agent.supervisor.lock;

/** What came of asking for a data directory. */
public sealed interface Grant {

    /** It is ours; with {@code PGXL_DIRECTORY_LOCK=off} without a lock. */
    record Ours() implements Grant {
    }

    /** It is ours if nobody objects; ask again in a moment. */
    record Soon() implements Grant {
    }

    /**
     * Somebody else has it, and lives or may live. Waiting will do.
     *
     * @param reason who and where
     */
    record Elsewhere(String reason) implements Grant {
    }

    /**
     * Whether somebody else has it cannot be known, and waiting alone will not do.
     *
     * @param reason why, and the way out
     * @param anotherOwner whether it has an owner, who gives no sign of life
     */
    record Unknown(String reason, boolean anotherOwner) implements Grant {
    }
}
