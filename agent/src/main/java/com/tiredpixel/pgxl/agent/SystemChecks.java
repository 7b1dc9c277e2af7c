package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.os.InstalledLocales;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Warns of what servers need of the system around them, and what is easily forgotten; to be asked when root is given up. */
final class SystemChecks {
    /** The default directory of PostgreSQL's sockets, through which {@code pgxc_ctl} exchanges files on both sides. */
    static final Path TEMPORARY = Path.of("/tmp");
    /** Where {@code shm_open(3)} puts it. */
    static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final long STANDARD_SIZE = 64L << 20;

    private final EventLog log;

    SystemChecks(EventLog log) {
        this.log = log;
    }

    /** The one directory beside the volume that has to be writable: under a read-only root it has to be mounted. */
    void checkTemporary(Path directory) {
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            log.warn("agent", directory + " is not a directory that can be written: pgxc_ctl and the sockets of"
                    + " PostgreSQL need it; mount a tmpfs there");
        }
    }

    /**
     * Parallel queries have their shared memory there. Docker and Kubernetes give a container 64 MB of it unless they are
     * told otherwise, and a query that needs more fails with "could not resize shared memory segment".
     */
    void checkSharedMemory(Path directory) {
        long size = directory.toFile().getTotalSpace();
        if (size <= STANDARD_SIZE) {
            log.warn("agent", directory + " has " + (size >> 20) + " MB, which is little for parallel queries of a coordinator"
                    + " or datanode: give the container more, for example docker run --shm-size 256m");
        }
    }

    /**
     * initdb fails with a locale that the system has not.
     *
     * @param environment of servers and sessions; a warning for each of LANG and LC_… that names no locale of the system
     */
    void checkLocales(InstalledLocales installed, Map<String, String> environment) {
        new TreeMap<>(environment).forEach((name, value) -> {
            boolean isLocale = name.equals("LANG") || name.startsWith("LC_");
            if (isLocale && !installed.has(value)) {
                log.warn("agent", name + " is " + VisibleText.of(value) + ", a locale that is not installed here: initdb"
                        + " refuses it; C.UTF-8 is always there");
            }
        });
    }
}
