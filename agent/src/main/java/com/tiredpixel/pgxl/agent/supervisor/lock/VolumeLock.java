package com.tiredpixel.pgxl.agent.supervisor.lock;

import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Attempt;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Lock;
import com.tiredpixel.pgxl.agent.os.MountedFileSystem;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The right to run a server on one data directory: the kernel's lock, and a record of the owner where the file system
 * may be mounted by other machines. While it is held no server runs in the directory but those that are seen here, and
 * so a pid file that names none of them is stale. Used by the supervisor's thread only.
 */
public final class VolumeLock {
    private final VolumeLocks locks;
    private final Path directory;
    private final OwnerClaim claim;
    private Optional<Lock> kernelLock = Optional.empty();
    private boolean complete;
    private boolean told;

    VolumeLock(VolumeLocks locks, Path directory) {
        this.locks = locks;
        this.directory = directory;
        this.claim = new OwnerClaim(locks.kernel(), locks.clock(), locks.log(), locks.heartbeats(), directory);
    }

    /**
     * Does one step towards a start.
     *
     * @param unseenServer whether there are signs of a server that is not seen here
     */
    public Grant forStart(String subject, BooleanSupplier unseenServer) {
        return take(subject, unseenServer, false);
    }

    /** The same for a server that runs here already, so that there is nothing to wait for. */
    public Grant forRunning(String subject) {
        return take(subject, () -> false, true);
    }

    private Grant take(String subject, BooleanSupplier unseenServer, boolean atOnce) {
        // Before a start the record is read again: somebody may have removed it since the last heartbeat.
        if (locks.mode() == VolumeLocks.Mode.OFF || atOnce && isHeld()) {
            return new Grant.Ours();
        }
        if (kernelLock.filter(lock -> lock.isOn(directory)).isEmpty() || claim.successor().isPresent()) {
            release(subject, Remains.PID_FILE);
            Attempt attempt = locks.kernel().tryLock(directory);
            if (attempt instanceof Attempt.Busy) {
                return new Grant.Elsewhere(Reasons.held(directory));
            }
            if (attempt instanceof Attempt.Failed failed) {
                return new Grant.Unknown(
                        Reasons.cannotLock(failed, locks.kernel().fileSystem(directory)), false);
            }
            keep(((Attempt.Held) attempt).lock());
        }
        Grant grant = afterKernelLock(subject, unseenServer, atOnce);
        complete = grant instanceof Grant.Ours;
        if (!complete && !(grant instanceof Grant.Soon)) {
            release(subject, Remains.PID_FILE);
        }
        return grant;
    }

    /** A lock that nobody knows of, because there was no memory to note it, would keep this very agent out. */
    private void keep(Lock taken) {
        boolean kept = false;
        try {
            kernelLock = Optional.of(taken);
            kept = true;
        } finally {
            if (!kept) {
                taken.close();
            }
        }
    }

    private Grant afterKernelLock(String subject, BooleanSupplier unseenServer, boolean atOnce) {
        MountedFileSystem fileSystem = locks.kernel().fileSystem(directory);
        if (locks.mode() == VolumeLocks.Mode.LOCAL || fileSystem.isOfOneKernel()) {
            return new Grant.Ours();
        }
        if (!told) {
            told = true;
            locks.log().info(subject, directory + " lies on " + fileSystem.type()
                    + ", which other machines may mount, and a lock does not keep those out: beside it stands who has it");
        }
        return claim.take(locks.me(fileSystem), fileSystem, unseenServer, atOnce, subject);
    }

    /** @return whether the kernel's lock is held, on whatever directory */
    public boolean isTaken() {
        return kernelLock.isPresent();
    }

    /** @return whether the lock is held, on the directory that is there now */
    public boolean isHeld() {
        return complete && kernelLock.filter(lock -> lock.isOn(directory)).isPresent() && successor().isEmpty();
    }

    /** @return the host of another agent that has the directory now, though this one never let it go */
    public Optional<String> successor() {
        return claim.successor();
    }

    /** @param remains what there is in the directory */
    public void release(String subject, Remains remains) {
        claim.release(remains, subject);
        complete = false;
        kernelLock.ifPresent(Lock::close);
        kernelLock = Optional.empty();
    }
}
