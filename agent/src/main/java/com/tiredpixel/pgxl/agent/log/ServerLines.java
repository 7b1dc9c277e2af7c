package com.tiredpixel.pgxl.agent.log;

/** Where lines go that a server printed. Never blocks its caller; tests record instead. */
@FunctionalInterface
public interface ServerLines {

    /**
     * @param subject the node, such as {@code "coordinator data/coord"}
     * @param text one line without its line break; control characters in it are made visible
     * @param cutBytes how many more bytes the line had
     */
    void line(String subject, String text, long cutBytes);

    /** Counts a line that could not be made, as when there is no memory for it. Needs no memory itself. */
    default void leftOut() {
        // Who records for a test has no need of it.
    }
}
