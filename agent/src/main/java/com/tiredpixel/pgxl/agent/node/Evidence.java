package com.tiredpixel.pgxl.agent.node;

import java.util.Optional;

/**
 * One thing that was found and says something about a directory.
 *
 * @param weight how much it counts
 * @param file name of the file, relative to the directory, or of the setting
 * @param says a lower-case phrase
 * @param role the role for which it speaks
 */
public record Evidence(Weight weight, String file, String says, Optional<Role> role) {

    /** Strongest first. */
    public enum Weight {
        /** The operator's word, {@code PGXL_ROLE}. */
        OPERATOR,
        /** A file that only this kind of node has. */
        MARK,
        /** The command line of the last start, or the pid file. */
        LAST_START,
        /** A comment by {@code pgxc_ctl}. */
        COMMENT,
        /** The name of the directory: counts only where nothing else does. */
        NAME,
        /** Worth knowing, but for no role. */
        NOTE
    }

    @Override
    public String toString() {
        return file + " " + says;
    }
}
