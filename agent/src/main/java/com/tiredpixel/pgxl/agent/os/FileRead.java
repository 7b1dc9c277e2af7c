package com.tiredpixel.pgxl.agent.os;

/** What came of reading a file, {@link BoundedFiles#read}. */
public sealed interface FileRead {

    /**
     * All of it.
     *
     * @param bytes as many as there were, at most the limit
     * @param status of the very file that was read
     */
    record Content(byte[] bytes, FileStatus status) implements FileRead {
    }

    /**
     * It is longer than the limit.
     *
     * @param beginning as many bytes as the limit
     * @param status of the very file that was read
     */
    record TooLong(byte[] beginning, FileStatus status) implements FileRead {
    }

    /** There is nothing of this name. */
    record Absent() implements FileRead {
    }

    /**
     * There is something, and it is no regular file.
     *
     * @param what such as {@code "a FIFO"}
     */
    record NotRegular(String what) implements FileRead {
    }

    /**
     * The kernel refuses to open or to read it.
     *
     * @param error such as {@code "EACCES (permission denied)"}
     */
    record Unreadable(String error) implements FileRead {
    }

    /**
     * @param name of the file, as people are to see it
     * @return a lower-case sentence that says why there is no whole content
     */
    default String problem(Object name) {
        if (this instanceof NotRegular other) {
            return name + " is " + other.what() + " instead of a regular file";
        }
        if (this instanceof Unreadable unreadable) {
            return name + " cannot be read: " + unreadable.error();
        }
        if (this instanceof TooLong longer) {
            return name + " is longer than " + longer.beginning().length + " bytes";
        }
        return this instanceof Absent ? name + " does not exist" : name + " is all right";
    }
}
