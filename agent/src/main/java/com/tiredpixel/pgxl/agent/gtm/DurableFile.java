package com.tiredpixel.pgxl.agent.gtm;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.NewFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are there whole or not at all, whatever ends in between: written, synced, renamed, directory synced. */
final class DurableFile {
    private DurableFile() {
    }

    /** Makes a file, or replaces it. When this returns, it is on the disk. */
    static void write(Path file, NewFile.Content content) throws IOException {
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

    /** Has the names in a directory on the disk. */
    static void sync(Path directory) throws IOException {
        BoundedFiles.system().syncDirectory(directory);
    }
}
