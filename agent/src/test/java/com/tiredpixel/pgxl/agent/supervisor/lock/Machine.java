package com.tiredpixel.pgxl.agent.supervisor.lock;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks;
import com.tiredpixel.pgxl.agent.os.MountedFileSystem;
import com.tiredpixel.pgxl.agent.os.ThisSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A container with an agent in it, somewhere: it sees real files, but the locks of its own kernel's mount only. The pid
 * file in the directory is written and removed as servers do it.
 */
final class Machine implements DirectoryLocks, Heartbeats {
    static final String PID_FILE = "postmaster.pid";

    /** What one kernel keeps of one mounted file system: which path is locked by whom. */
    static final class Mount {
        final MountedFileSystem fileSystem;
        final Map<Path, Machine> locked = new HashMap<>();

        Mount(String type, String device, String... options) {
            this.fileSystem = new MountedFileSystem(type, device, Set.of(options));
        }
    }

    final String name;
    final List<String> log;
    private final Mount mount;
    private final Path directory;
    private final Set<Runnable> beats = new LinkedHashSet<>();
    final VolumeLock lock;
    boolean dead;
    boolean frozen;
    boolean serves;
    Optional<Attempt.Failed> trouble = Optional.empty();

    Machine(String name, String boot, Mount mount, VolumeLocks.Mode mode, MonotonicClock clock, Path directory) {
        this.name = name;
        this.mount = mount;
        this.directory = directory;
        this.log = new ArrayList<>();
        EventLog recorder = (level, subject, message) -> log.add(level + " " + message);
        var system = new ThisSystem(name, Optional.of(boot), Optional.of("pid:[" + name + "]"), 1);
        this.lock = new VolumeLocks(this, mode, () -> system, clock, recorder, this).of(directory);
    }

    // What its agent does.

    /** One try to start a server, as a node does it. */
    Grant tryToStart() {
        Grant grant = lock.forStart("node", () -> !serves && Files.exists(pidFile()));
        if (grant instanceof Grant.Ours && !serves) {
            serves = true;
            write(pidFile());
        }
        return grant;
    }

    /** What it does every two seconds: shows that it lives, and gives way to another. */
    void beat() {
        List.copyOf(beats).forEach(Runnable::run);
        if (serves && lock.successor().isPresent()) {
            serves = false;
            lock.release("node", Remains.PID_FILE);
        }
    }

    void stopInOrder() {
        serves = false;
        delete(pidFile());
        lock.release("node", Remains.NOTHING);
    }

    /** SIGKILL of its pid 1: the kernel lets its locks go, and nobody writes or removes a file. */
    void die() {
        dead = true;
        serves = false;
        beats.clear();
        mount.locked.values().removeIf(this::equals);
    }

    Path pidFile() {
        return directory.resolve(PID_FILE);
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "57\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // What its kernel does.

    @Override
    public Attempt tryLock(Path path) {
        if (trouble.isPresent()) {
            return trouble.get();
        }
        Machine holder = mount.locked.putIfAbsent(path, this);
        return holder != null && holder != this ? new Attempt.Busy() : new Attempt.Held(new Lock() {
            @Override
            public boolean isOn(Path other) {
                return other.equals(path) && Files.exists(path);
            }

            @Override
            public void close() {
                mount.locked.remove(path, Machine.this);
            }
        });
    }

    @Override
    public Attempt tryLockFile(Path file) {
        return tryLock(file);
    }

    @Override
    public MountedFileSystem fileSystem(Path path) {
        return mount.fileSystem;
    }

    @Override
    public void add(Runnable beat) {
        beats.add(beat);
    }

    @Override
    public void remove(Runnable beat) {
        beats.remove(beat);
    }
}
