package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.os.ProcessView;

/** What came of the attempt to make a data directory ready for a start. */
sealed interface Preparation {

    /** The lock is held, nothing of a dead server is left. */
    record Ready() implements Preparation {
    }

    /** @param processes children of a dead postmaster that have been signalled and still live */
    record LeftoversRemain(int processes) implements Preparation {
    }

    /** @param reason who else has the directory */
    record LockRefused(String reason) implements Preparation {
    }

    /** The directory is about to be ours. */
    record LockSettles() implements Preparation {
    }

    /** @param server a live server of this directory, started by somebody else */
    record ServerIsThere(ProcessView server) implements Preparation {
    }

    /** @param reason what stands in the way */
    record Obstructed(String reason) implements Preparation {
    }

    /** The directory is not there any more, or nothing is left in it. */
    record DirectoryGone() implements Preparation {
    }
}
