package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;

/** A process could not be started. The message names the program, the directory and the errno. */
public final class StartFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message a lower-case sentence with the path and the errno in it */
    public StartFailedException(String message) {
        super(message);
    }
}
