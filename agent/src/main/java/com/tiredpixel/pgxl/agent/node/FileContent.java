package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.FileRead;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What came of reading a small file of text that somebody else wrote. */
public sealed interface FileContent {
    /** Enough for every pid file and options file. */
    int SMALL = 64 * 1024;
    /** Of a configuration file; the one that {@code initdb} writes has 25 KB. */
    int CONFIGURATION = 1024 * 1024;

    /** There is nothing of this name. */
    record Absent() implements FileContent {
    }

    /**
     * There is something, but no regular file that can be read. A server would fail or hang on it too.
     *
     * @param reason a lower-case sentence with the path in it
     */
    record Unreadable(String reason) implements FileContent {
    }

    /**
     * The beginning of the file.
     *
     * @param text as UTF-8, with U+FFFD for what is none
     * @param complete whether this is all of it
     */
    record Content(String text, boolean complete) implements FileContent {
    }

    /**
     * Reads a regular file, or what a link to one leads to, {@link BoundedFiles}.
     *
     * @param limit bytes to read at most
     */
    static FileContent read(Path file, int limit) {
        return of(file, BoundedFiles.system().read(file, limit));
    }

    /** As {@link #read}, where a symbolic link would be somebody else's work. */
    static FileContent readUnlinked(Path file, int limit) {
        return of(file, BoundedFiles.system().readUnlinked(file, limit));
    }

    private static FileContent of(Path file, FileRead read) {
        if (read instanceof FileRead.Content all) {
            return new Content(new String(all.bytes(), StandardCharsets.UTF_8), true);
        }
        if (read instanceof FileRead.TooLong part) {
            return new Content(new String(part.beginning(), StandardCharsets.UTF_8), false);
        }
        return read instanceof FileRead.Absent ? new Absent() : new Unreadable(read.problem(file));
    }
}
