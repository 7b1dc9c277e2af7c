package com.tiredpixel.pgxl.agent.os;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The one way to write a file where others may put something: as a new one of a name that nothing has. So nothing is
 * opened that is there already, such as a FIFO, which would wait for a reader, or a link to somewhere else.
 */
public final class NewFile {
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");

    private NewFile() {
    }

    /**
     * Writes it; when this returns, it is on the disk.
     *
     * @param path of which nothing has the name
     * @param content all of it
     */
    public static void write(Path path, byte[] content) throws IOException {
        write(path, out -> out.write(content));
    }

    /** Writes what comes piece by piece. */
    @FunctionalInterface
    public interface Content {
        /** @param out to write to; not to be closed */
        void writeTo(OutputStream out) throws IOException;
    }

    /** The same, of content that comes piece by piece. */
    public static void write(Path path, Content content) throws IOException {
        try (FileChannel file = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PRIVATE))) {
            var out = new BufferedOutputStream(Channels.newOutputStream(file));
            content.writeTo(out);
            out.flush();
            file.force(true);
        }
    }
}
