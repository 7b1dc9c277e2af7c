package com.tiredpixel.pgxl.agent.status.probe;

import java.util.Optional;

/** What a probe says to a server and what it makes of the answer. Knows no socket. */
interface ProbeProtocol {

    /** @return sent at once: both kinds of server log an error, or worse, about a client that says nothing */
    byte[] opening();

    /**
     * @param bytes all that has been received
     * @param length how many
     * @return nothing as long as the answer is not complete
     */
    Optional<ProbeResult> result(byte[] bytes, int length);

    /** @return sent before closing, so that the server logs nothing */
    byte[] farewell();
}
