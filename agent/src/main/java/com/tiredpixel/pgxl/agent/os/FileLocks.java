package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** {@link DirectoryLocks} by {@code flock(2)}; a child never inherits one. */
public final class FileLocks implements DirectoryLocks {
    private final Libc libc;

    /** @param libc the C library */
    public FileLocks(Libc libc) {
        this.libc = libc;
    }

    @Override
    public Attempt tryLock(Path directory) {
        byte[] path = NativeStrings.terminated(NativeStrings.path(directory));
        int descriptor = libc.open(path, Libc.O_RDONLY | Architecture.current().directoryFlag() | Libc.O_CLOEXEC);
        if (descriptor < 0) {
            return new Attempt.Failed("cannot open " + directory + " to lock it: " + Errno.describe(descriptor));
        }
        int result = libc.flock(descriptor, Libc.LOCK_EX | Libc.LOCK_NB);
        if (result == 0) {
            return new Attempt.Held(new Flock(descriptor));
        }
        libc.close(descriptor);
        // EWOULDBLOCK is EAGAIN.
        return Errno.EAGAIN.is(result)
                ? new Attempt.Busy()
                : new Attempt.Failed("cannot lock " + directory + ": " + Errno.describe(result));
    }

    private final class Flock implements Lock {
        private final int descriptor;
        private boolean open = true;

        Flock(int descriptor) {
            this.descriptor = descriptor;
        }

        /** While the descriptor is open the inode number cannot be given to another directory. */
        @Override
        public synchronized boolean isOn(Path directory) {
            if (!open) {
                return false;
            }
            try {
                return inode(directory).equals(inode(Path.of("/proc/self/fd/" + descriptor)));
            } catch (IOException gone) {
                return false;
            }
        }

        private static Map<String, Object> inode(Path path) throws IOException {
            return Files.readAttributes(path, "unix:dev,ino");
        }

        /** Unlocks first: a child on its way from fork to exec still has the descriptor. */
        @Override
        public synchronized void close() {
            if (open) {
                open = false;
                libc.flock(descriptor, Libc.LOCK_UN);
                libc.close(descriptor);
            }
        }
    }
}
