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
        return tryLock(directory, Libc.O_RDONLY | Architecture.current().directoryFlag());
    }

    /** Not blocking: to open a FIFO that somebody put there would be to wait. */
    @Override
    public Attempt tryLockFile(Path file) {
        return tryLock(file, Libc.O_RDWR | Libc.O_NONBLOCK | Architecture.current().noFollowFlag());
    }

    @Override
    public MountedFileSystem fileSystem(Path directory) {
        return MountedFileSystem.of(directory);
    }

    private Attempt tryLock(Path path, int flags) {
        int descriptor = libc.open(NativeStrings.terminated(NativeStrings.path(path)), flags | Libc.O_CLOEXEC);
        if (descriptor < 0) {
            return failed("cannot open " + path + " to lock it: ", descriptor, Obstacle.NO_ACCESS);
        }
        boolean held = false;
        int result;
        try {
            // Made before it is true: a lock that nobody knows of would keep this very agent out.
            var attempt = new Attempt.Held(new Flock(descriptor));
            result = libc.flock(descriptor, Libc.LOCK_EX | Libc.LOCK_NB);
            held = result == 0;
            if (held) {
                return attempt;
            }
        } finally {
            if (!held) {
                libc.close(descriptor);
            }
        }
        // EWOULDBLOCK is EAGAIN.
        return Errno.EAGAIN.is(result)
                ? new Attempt.Busy()
                : failed("cannot lock " + path + ": ", result, Obstacle.NO_LOCKS);
    }

    private static Attempt failed(String what, int result, Obstacle usual) {
        boolean noRoom = Errno.EMFILE.is(result) || Errno.ENFILE.is(result) || Errno.ENOMEM.is(result)
                || Errno.EINTR.is(result);
        return new Attempt.Failed(what + Errno.describe(result), noRoom ? Obstacle.NO_ROOM : usual);
    }

    private final class Flock implements Lock {
        private final int descriptor;
        private boolean open = true;

        Flock(int descriptor) {
            this.descriptor = descriptor;
        }

        /** While the descriptor is open the inode number cannot be given to another directory. */
        @Override
        public synchronized boolean isOn(Path path) {
            if (!open) {
                return false;
            }
            try {
                return inode(path).equals(inode(Path.of("/proc/self/fd/" + descriptor)));
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
                try {
                    libc.flock(descriptor, Libc.LOCK_UN);
                } finally {
                    libc.close(descriptor);
                }
            }
        }
    }
}
