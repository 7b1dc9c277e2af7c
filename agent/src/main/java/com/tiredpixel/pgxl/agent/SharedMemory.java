package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.EventLog;
import java.nio.file.Path;

/**
 * Where PostgreSQL has the shared memory of parallel queries. Docker and Kubernetes give a container 64 MB of it unless
 * they are told otherwise, and a query that needs more fails with "could not resize shared memory segment".
 */
final class SharedMemory {
    /** Where {@code shm_open(3)} puts it. */
    static final Path OF_THE_SYSTEM = Path.of("/dev/shm");
    private static final long STANDARD_SIZE = 64L << 20;

    private final Path directory;
    private final EventLog log;

    SharedMemory(Path directory, EventLog log) {
        this.directory = directory;
        this.log = log;
    }

    /** Warns if it is no larger than what a container gets by default. */
    void check() {
        long size = directory.toFile().getTotalSpace();
        if (size <= STANDARD_SIZE) {
            log.warn("agent", directory + " has " + (size >> 20) + " MB, which is little for parallel queries of a coordinator"
                    + " or datanode: give the container more, for example docker run --shm-size 256m");
        }
    }
}
