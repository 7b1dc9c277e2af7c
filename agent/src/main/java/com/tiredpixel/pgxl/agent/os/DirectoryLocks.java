package com.tiredpixel.pgxl.agent.os;

import java.nio.file.Path;

/** Advisory locks ({@code flock(2)}) on directories, which hold across containers on one volume. */
@FunctionalInterface
public interface DirectoryLocks {

    /**
     * Tries to take the exclusive lock, without waiting.
     *
     * @param directory an existing directory
     */
    Attempt tryLock(Path directory);

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
         * The file system has no such lock, or the directory cannot be opened.
         *
         * @param reason a lower-case sentence with the path and the errno
         */
        record Failed(String reason) implements Attempt {
        }
    }

    /** A lock that is held. */
    interface Lock extends AutoCloseable {

        /**
         * @return whether the path still leads to the directory that was locked: {@code pgxc_ctl} removes
         *     and makes directories anew
         */
        boolean isOn(Path directory);

        @Override
        void close();
    }
}
