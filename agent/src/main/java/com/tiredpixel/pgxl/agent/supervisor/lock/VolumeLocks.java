package com.tiredpixel.pgxl.agent.supervisor.lock;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks;
import com.tiredpixel.pgxl.agent.os.MountedFileSystem;
import com.tiredpixel.pgxl.agent.os.ThisSystem;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The locks of all data directories of one agent. */
public final class VolumeLocks {
    private final DirectoryLocks kernel;
    private final Mode mode;
    private final Supplier<ThisSystem> system;
    private final MonotonicClock clock;
    private final EventLog log;
    private final Heartbeats heartbeats;
    private String instance = "";

    /** {@code PGXL_DIRECTORY_LOCK}. */
    public enum Mode {
        /** As the file system needs it. */
        AUTO,
        /** The operator says that no other machine mounts the volume: the kernel's lock is enough. */
        LOCAL,
        /** The operator says that no other container uses the volume: no lock is taken. */
        OFF
    }

    /**
     * @param kernel takes the kernel's locks
     * @param mode what the operator knows of the volume
     * @param system where this agent runs; asked when it matters
     * @param clock for every wait
     * @param log where it is told
     * @param heartbeats run while a directory is held that other machines may reach
     */
    public VolumeLocks(
            DirectoryLocks kernel, Mode mode, Supplier<ThisSystem> system, MonotonicClock clock, EventLog log,
            Heartbeats heartbeats) {
        this.kernel = kernel;
        this.mode = mode;
        this.system = system;
        this.clock = clock;
        this.log = log;
        this.heartbeats = heartbeats;
    }

    /** @return the lock of a data directory, not held yet */
    public VolumeLock of(Path directory) {
        return new VolumeLock(this, directory);
    }

    DirectoryLocks kernel() {
        return kernel;
    }

    Mode mode() {
        return mode;
    }

    MonotonicClock clock() {
        return clock;
    }

    EventLog log() {
        return log;
    }

    Heartbeats heartbeats() {
        return heartbeats;
    }

    /** This agent as the owner of a directory in a file system. */
    Owner me(MountedFileSystem fileSystem) {
        if (instance.isEmpty()) {
            instance = ThisSystem.uniqueName();
        }
        return Owner.of(instance, system.get(), fileSystem);
    }
}
