package com.tiredpixel.pgxl.agent.supervisor.lock;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Attempt;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Lock;
import com.tiredpixel.pgxl.agent.os.MountedFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Becoming the owner of a data directory on a file system that several machines may mount. Whoever finds no record
 * makes one. Whoever finds another's waits while that gives signs of life, and afterwards takes it away only if it is
 * proven that its owner is dead: silence is none, because a frozen machine goes on where it stopped. Used by the
 * supervisor's thread only.
 */
final class OwnerClaim {
    /** Between the record and the first server: whoever made one at the same moment, by whatever fault, is seen. */
    private static final Duration SETTLE = Duration.ofSeconds(1);

    private final DirectoryLocks locks;
    private final MonotonicClock clock;
    private final EventLog log;
    private final Heartbeats heartbeats;
    private final Path directory;
    private final OwnerFiles files;
    private final SignsOfLife signs = new SignsOfLife();
    private Optional<Lock> fileLock = Optional.empty();
    private Optional<Heart> heart = Optional.empty();
    private Optional<Duration> settledAt = Optional.empty();

    OwnerClaim(
            DirectoryLocks locks, MonotonicClock clock, EventLog log, Heartbeats heartbeats, Path directory) {
        this.locks = locks;
        this.clock = clock;
        this.log = log;
        this.heartbeats = heartbeats;
        this.directory = directory;
        this.files = new OwnerFiles(directory);
    }

    /**
     * Does one step. The caller holds the lock of the directory.
     *
     * @param me who asks
     * @param fileSystem in which the directory lies
     * @param unseenServer whether there are signs of a server that is not seen here; asked where nobody knows whose
     * @param atOnce whether a server of ours runs here already, so that there is nothing to wait for
     */
    Grant take(
            Owner me, MountedFileSystem fileSystem, BooleanSupplier unseenServer, boolean atOnce, String subject) {
        Duration now = clock.now();
        if (settledAt.filter(at -> now.compareTo(at) < 0).isPresent() && !atOnce) {
            return new Grant.Soon();
        }
        if (!locks.fileSystem(directory.getParent()).device().equals(fileSystem.device())) {
            return new Grant.Unknown(Reasons.noPlace(directory, fileSystem), false);
        }
        try {
            files.make();
        } catch (IOException e) {
            return new Grant.Unknown(Reasons.noRecord(files.folder(), fileSystem, e), false);
        }
        Optional<Grant> refusal = lockFile(fileSystem);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return settled(afterRecord(me, fileSystem, unseenServer, subject), fileSystem, unseenServer, atOnce, subject);
    }

    private Optional<Grant> lockFile(MountedFileSystem fileSystem) {
        if (fileLock.filter(lock -> lock.isOn(files.lock())).isPresent()) {
            return Optional.empty();
        }
        fileLock.ifPresent(Lock::close);
        Attempt attempt = locks.tryLockFile(files.lock());
        fileLock = attempt instanceof Attempt.Held held ? Optional.of(held.lock()) : Optional.empty();
        if (attempt instanceof Attempt.Failed failed) {
            return Optional.of(new Grant.Unknown(Reasons.cannotLock(failed, fileSystem), false));
        }
        return attempt instanceof Attempt.Busy
                ? Optional.of(new Grant.Elsewhere(Reasons.held(directory)))
                : Optional.empty();
    }

    private Grant afterRecord(Owner me, MountedFileSystem fileSystem, BooleanSupplier unseenServer, String subject) {
        OwnerFiles.Record record = files.read();
        try {
            if (record instanceof OwnerFiles.None) {
                return create(me, fileSystem, unseenServer, subject);
            }
            if (record instanceof OwnerFiles.Names names) {
                return names.owner().instance().equals(me.instance())
                        ? ours(me, subject)
                        : ofAnother(names.owner(), me, fileSystem, subject);
            }
            return ofNobodyKnowsWhom(((OwnerFiles.Illegible) record).reason(), fileSystem);
        } catch (IOException e) {
            return new Grant.Unknown(Reasons.noRecord(files.folder(), fileSystem, e), false);
        }
    }

    private Grant create(Owner me, MountedFileSystem fileSystem, BooleanSupplier unseenServer, String subject)
            throws IOException {
        if (unseenServer.getAsBoolean()) {
            return new Grant.Unknown(Reasons.unseenServer(directory, fileSystem), false);
        }
        if (!files.create(me)) {
            return new Grant.Elsewhere(Reasons.watched("another agent", directory));
        }
        settledAt = Optional.of(clock.now().plus(SETTLE));
        return ours(me, subject);
    }

    private Grant ours(Owner me, String subject) {
        if (heart.isEmpty()) {
            var beating = new Heart(files, me, log, subject);
            beating.run();
            heartbeats.add(beating);
            heart = Optional.of(beating);
        }
        return successor().isPresent()
                ? new Grant.Elsewhere(Reasons.watched("another agent", directory))
                : new Grant.Ours();
    }

    private Grant ofAnother(Owner other, Owner me, MountedFileSystem fileSystem, String subject) throws IOException {
        String host = other.host();
        return switch (signs.look(other.instance(), files.readBeat(other.instance()), clock.now())) {
            case ALIVE -> new Grant.Elsewhere(Reasons.alive(host, directory));
            case WATCHED -> new Grant.Elsewhere(Reasons.watched("the agent of host " + host, directory));
            case SILENT -> {
                if (!other.isDeadIfItsLocksAreFree(me, fileSystem)) {
                    yield new Grant.Unknown(
                            Reasons.silent("the agent of host " + host, directory, files.record(), fileSystem), true);
                }
                files.replace(me);
                files.sweepBeats(Optional.of(me.instance()));
                log.info(subject, "took " + directory + " over from the agent of host " + host
                        + ": that ran on this kernel, is silent, and its locks are free, so it is dead");
                yield ours(me, subject);
            }
        };
    }

    private Grant ofNobodyKnowsWhom(String reason, MountedFileSystem fileSystem) {
        return signs.look(reason, "", clock.now()) == SignsOfLife.Verdict.SILENT
                ? new Grant.Unknown(
                        Reasons.silent("an unknown agent (" + reason + ")", directory, files.record(), fileSystem), true)
                : new Grant.Elsewhere(Reasons.watched("another agent", directory));
    }

    /** A record that was just made becomes a right a moment later, if it is still there then and no server appeared. */
    private Grant settled(
            Grant grant, MountedFileSystem fileSystem, BooleanSupplier unseenServer, boolean atOnce, String subject) {
        if (!(grant instanceof Grant.Ours) || settledAt.isEmpty()) {
            return grant;
        }
        if (atOnce) {
            settledAt = Optional.empty();
            return grant;
        }
        if (clock.now().compareTo(settledAt.get()) < 0) {
            return new Grant.Soon();
        }
        if (unseenServer.getAsBoolean()) {
            release(Remains.NOTHING, subject);
            return new Grant.Unknown(Reasons.unseenServer(directory, fileSystem), false);
        }
        settledAt = Optional.empty();
        return grant;
    }

    /** @return the host of the owner that came after us, if we have been given up */
    Optional<String> successor() {
        return heart.flatMap(Heart::successor);
    }

    /** Lets it go: the record too, unless a pid file remains. Then the record says whose that is. */
    void release(Remains remains, String subject) {
        boolean isOurs = remains != Remains.PID_FILE && heart.filter(Heart::isStillOwner).isPresent();
        heart.ifPresent(beating -> {
            heartbeats.remove(beating);
            beating.end();
        });
        heart = Optional.empty();
        settledAt = Optional.empty();
        if (isOurs) {
            remove(remains, subject);
        }
        fileLock.ifPresent(Lock::close);
        fileLock = Optional.empty();
    }

    private void remove(Remains remains, String subject) {
        try {
            if (remains == Remains.NO_DIRECTORY) {
                files.removeAll();
            } else {
                files.removeRecord();
                files.sweepBeats(Optional.empty());
            }
        } catch (IOException e) {
            log.warn(subject, "cannot remove " + files.record() + ", so other machines go on waiting: " + e);
        }
    }
}
