package com.tiredpixel.pgxl.agent.os;

import java.nio.file.Path;

/** Advisory locks ({@code flock(2)}), and on which file systems they keep other machines out too. */
public interface DirectoryLocks {

    /**
     * Tries to take the exclusive lock of a directory, without waiting. Every container of this kernel that sees the
     * same mounted file system sees it; other machines do only where {@link #fileSystem} says so.
     *
     * @param directory an existing directory
     */
    Attempt tryLock(Path directory);

    /**
     * The same for a regular file, opened for writing: NFS and some FUSE file systems pass this one on to their server,
     * and none for a directory.
     *
     * @param file an existing regular file
     */
    Attempt tryLockFile(Path file);

    /** @return what is mounted where this directory lies */
    MountedFileSystem fileSystem(Path directory);

    /** What came of an attempt. */
    sealed interface Attempt {

        /**
         * The lock is ours until closed.
         *
         * @param lock closes without an exception
         */
        record Held(Lock lock) implements Attempt {
        }

        /** Another process, here or in another container, holds it. */
        record Busy() implements Attempt {
        }

        /**
         * Nobody knows whether another process holds it.
         *
         * @param reason a lower-case sentence with the path and the errno
         * @param obstacle what kind of trouble it is
         */
        record Failed(String reason, Obstacle obstacle) implements Attempt {
        }
    }

    /** Why a lock cannot be had. */
    enum Obstacle {
        /** The file system keeps no such locks, or its lock service does not answer. */
        NO_LOCKS,
        /** The kernel, or this process, has no room for one more now. */
        NO_ROOM,
        /** What should be locked cannot be opened. */
        NO_ACCESS
    }

    /** A lock that is held. */
    interface Lock extends AutoCloseable {

        /**
         * @return whether the path still leads to what was locked: {@code pgxc_ctl} removes and makes directories anew
         */
        boolean isOn(Path path);

        @Override
        void close();
    }
}
