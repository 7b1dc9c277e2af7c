package com.tiredpixel.pgxl.agent.status;

/**
 * What {@code pgxl} prints, and how it ends.
 *
 * @param exit its exit code
 * @param text for standard output if the exit code is 0, or else for standard error
 */
record Reply(int exit, String text) {
    /** The node did not come where it should; the container is not as asked for. */
    static final int REFUSED = 1;
    /** No such verb, option or value. */
    static final int USAGE = 64;
    /** No such node or directory. */
    static final int UNKNOWN = 66;
    /** The agent failed. */
    static final int INTERNAL = 70;
    /** It takes longer than whoever asked may wait, and goes on. */
    static final int UNDER_WAY = 75;
    /** Only the user of the servers and root may steer. */
    static final int FORBIDDEN = 77;

    static Reply done(String text) {
        return new Reply(0, text.endsWith("\n") || text.isEmpty() ? text : text + "\n");
    }

    static Reply failed(int exit, String sentence) {
        return new Reply(exit, "pgxl: " + sentence + "\n");
    }
}
