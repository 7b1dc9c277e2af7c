package com.tiredpixel.pgxl.agent.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What came of reading a small file that somebody else wrote. */
public sealed interface FileContent {
    /** Enough for every pid file and options file. */
    int SMALL = 64 * 1024;
    /** Of a configuration file; the one that {@code initdb} writes has 25 KB. */
    int CONFIGURATION = 4 * 1024 * 1024;

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
     * Reads a regular file, or a link to one. Nothing else is opened: to open a FIFO is to wait for its other
     * end, and to open a device may do anything.
     *
     * @param limit bytes to read at most
     */
    static FileContent read(Path file, int limit) {
        try {
            if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
                return new Unreadable(file + " is " + (Files.isDirectory(file) ? "a directory" : "a special file")
                        + " instead of a regular file");
            }
            try (InputStream input = Files.newInputStream(file)) {
                byte[] bytes = input.readNBytes(limit);
                boolean complete = bytes.length < limit || input.read() < 0;
                return new Content(new String(bytes, StandardCharsets.UTF_8), complete);
            }
        } catch (NoSuchFileException absent) {
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    ? new Unreadable(file + " is a symbolic link to nothing")
                    : new Absent();
        } catch (FileSystemException refused) {
            String reason = refused.getReason();
            return new Unreadable(file + " cannot be read: "
                    + (reason == null ? refused.getClass().getSimpleName() : reason));
        } catch (IOException failed) {
            return new Unreadable(file + " cannot be read: " + failed.getMessage());
        }
    }
}
