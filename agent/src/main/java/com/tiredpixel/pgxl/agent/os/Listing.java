package com.tiredpixel.pgxl.agent.os;

/** What came of listing a directory, {@link BoundedFiles#list}. */
public sealed interface Listing {

    /** @param whole whether every entry was shown */
    record Listed(boolean whole) implements Listing {
    }

    /** There is nothing of this name, or something that is no directory. */
    record NoDirectory() implements Listing {
    }

    /**
     * It cannot be listed, or not to its end.
     *
     * @param error such as {@code "EACCES (permission denied)"}
     */
    record Unreadable(String error) implements Listing {
    }
}
