package com.tiredpixel.pgxl.agent.status.probe;

import com.tiredpixel.pgxl.agent.log.VisibleText;

/**
 * What a server answered to a probe.
 *
 * @param kind in one word
 * @param words for people
 */
public record ProbeResult(Kind kind, String words) {

    /** What a server says, or a file of its directory, ends on terminals. */
    public ProbeResult {
        words = VisibleText.of(words);
    }

    /** Kinds of answers. */
    public enum Kind {
        /** It serves new clients. */
        SERVES,
        /** It serves, but has no place for one more client. */
        FULL,
        /** It starts or stops, or recovers. */
        NOT_NOW,
        /** It answered, and cannot serve. */
        CANNOT,
        /** It refused the connection. */
        REFUSED,
        /** It did not answer in time. */
        SILENT
    }

    /** @return whether new clients are served */
    public boolean serves() {
        return kind == Kind.SERVES;
    }
}
