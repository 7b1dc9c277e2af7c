package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are there whole or not at all, whatever ends in between: written, synced, renamed, directory synced. */
public final class DurableFile {
    private DurableFile() {
    }

    /** Makes a file, or replaces it. When this returns, it is on the disk. */
    public static void write(Path file, NewFile.Content content) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        Files.deleteIfExists(draft);
        try {
            NewFile.write(draft, content);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(draft);
            throw e;
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(file.getParent());
    }

    /** The same, of content that fits into memory. */
    public static void write(Path file, String content) throws IOException {
        write(file, out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
    }

    /** Has the names in a directory on the disk. */
    public static void sync(Path directory) throws IOException {
        BoundedFiles.system().syncDirectory(directory);
    }
}
