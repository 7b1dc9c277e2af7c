package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The one directory beside the volume that has to be writable: {@code pgxc_ctl} exchanges files through it on both
 * sides, and PostgreSQL's sockets lie in it. Under a read-only root it has to be mounted, which is easily forgotten.
 */
final class TemporaryDirectory {
    /** Where they have it compiled in. */
    static final Path OF_THE_SERVERS = Path.of("/tmp");

    private final Path directory;
    private final EventLog log;

    TemporaryDirectory(Path directory, EventLog log) {
        this.directory = directory;
        this.log = log;
    }

    /** Warns if whoever runs this cannot write in it; to be asked after root has been given up. */
    void check() {
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            log.warn("agent", directory + " is not a directory that can be written: pgxc_ctl and the sockets of"
                    + " PostgreSQL need it; mount a tmpfs there");
        }
    }
}
