package com.tiredpixel.pgxl.agent;

/** How {@code pgxl-agent} ends; from 64 on as in {@code sysexits.h}. */
enum ExitCode {
    /** Every node went down cleanly, or there was none. */
    CLEAN(0),
    /** At least one node was down after a crash, or had to abandon its clients: it will recover from its WAL. */
    NOT_CLEAN(1),
    /** A setting or an argument is not allowed; nothing was touched. */
    USAGE(64),
    /** The agent itself failed before it supervised anything. */
    INTERNAL(70),
    /** The system refused something that the start needs: a port, a user, a directory. */
    SYSTEM(71);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
