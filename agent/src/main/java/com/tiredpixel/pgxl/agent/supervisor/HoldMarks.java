package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.FileContent;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which directories the operator holds, in a file on the volume: it must outlive the container. One line for
 * each, relative to the home where it lies in it, with {@code \n} and {@code \\} for what a line cannot hold.
 */
public final class HoldMarks {
    private static final int LARGEST = 1024 * 1024;

    private final Path file;
    private final Path home;

    /**
     * @param file need not exist; its directory is made when the first mark is
     * @param home {@code PGXL_HOME}, real path
     */
    public HoldMarks(Path file, Path home) {
        this.file = file;
        this.home = home;
    }

    /** @return where the marks are kept */
    public Path file() {
        return file;
    }

    /** @return whether this directory is held; an unreadable file holds nothing and throws */
    public boolean contains(Path directory) throws IOException {
        return read().contains(line(directory));
    }

    /** Holds a directory. When this returns, the mark is on the disk. One at a time: each writes all marks anew. */
    synchronized void add(Path directory) throws IOException {
        Set<String> lines = read();
        if (lines.add(line(directory))) {
            write(lines);
        }
    }

    /** Ends the hold of a directory. */
    synchronized void remove(Path directory) throws IOException {
        Set<String> lines = read();
        if (lines.remove(line(directory))) {
            write(lines);
        }
    }

    private String line(Path directory) {
        return VolumeScan.inHome(home, directory).toString().replace("\\", "\\\\").replace("\n", "\\n");
    }

    private Set<String> read() throws IOException {
        Set<String> lines = new TreeSet<>();
        FileContent content = FileContent.readUnlinked(file, LARGEST);
        if (content instanceof FileContent.Unreadable unreadable) {
            throw new IOException(unreadable.reason());
        }
        if (content instanceof FileContent.Content given) {
            if (!given.complete()) {
                throw new IOException(file + " is larger than " + LARGEST + " bytes");
            }
            given.text().lines().filter(line -> !line.isEmpty()).forEach(lines::add);
        }
        return lines;
    }

    private void write(Set<String> lines) throws IOException {
        Files.createDirectories(file.getParent());
        DurableFile.write(file, lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
    }
}
