package com.tiredpixel.pgxl.agent.cluster.verify;

/**
 * One thing that does not agree.
 *
 * @param severity how bad it is
 * @param check which check found it, a word for programs
 * @param where the server
 * @param what is so
 * @param follows from it
 * @param mend what ends it
 */
public record Finding(Severity severity, String check, String where, String what, String follows, Mend mend) {
}
