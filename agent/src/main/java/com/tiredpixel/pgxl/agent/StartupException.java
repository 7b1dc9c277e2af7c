package com.tiredpixel.pgxl.agent;

/** The agent cannot begin; nothing runs yet, so ending is no loss. Later nothing may end it. */
final class StartupException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    /** @param message a lower-case sentence for the operator */
    StartupException(ExitCode code, String message) {
        super(message);
        this.code = code;
    }

    ExitCode code() {
        return code;
    }
}
