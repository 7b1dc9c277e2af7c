package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.log.ServerLogs;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.Child;
import com.tiredpixel.pgxl.agent.os.Command;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.MountedFileSystem;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessStarter;
import com.tiredpixel.pgxl.agent.os.ProcessTable;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.os.ReadyOutput;
import com.tiredpixel.pgxl.agent.os.Reaped;
import com.tiredpixel.pgxl.agent.os.Signal;
import com.tiredpixel.pgxl.agent.os.StartFailedException;
import com.tiredpixel.pgxl.agent.os.ThisSystem;
import com.tiredpixel.pgxl.agent.supervisor.lock.Heartbeats;
import com.tiredpixel.pgxl.agent.supervisor.lock.VolumeLocks;
import com.tiredpixel.pgxl.agent.supervisor.server.AdoptedExits;
import com.tiredpixel.pgxl.agent.supervisor.server.EnvironmentFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/** Processes, locks and time as a test wants them; data directories are real. */
final class FakeWorld implements ProcessTable, ProcessStarter, DirectoryLocks {
    static final int AGENT = 1;
    /** As the settings have it by default. */
    static final RestartPolicy RESTARTS = new RestartPolicy(
            Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(10), 5, Duration.ofSeconds(300));
    private static final int POSTGRES_PORT = 5432;

    final Path home;
    final List<String> log = new ArrayList<>();
    final List<Command> started = new ArrayList<>();
    final List<String> signals = new ArrayList<>();
    final Set<Path> lockedElsewhere = new HashSet<>();
    final Set<Path> lockedHere = new HashSet<>();
    /** Where the directories lie, as the agent takes it. */
    MountedFileSystem fileSystem = new MountedFileSystem("ext4", "8:1", Set.of());
    VolumeLocks.Mode lockMode = VolumeLocks.Mode.AUTO;
    /** If there is one, what every attempt to lock fails with. */
    Optional<Attempt.Failed> lockFailure = Optional.empty();
    /** Of processes, by their pids. */
    final Map<Integer, Map<String, String>> environments = new LinkedHashMap<>();
    /** So many times an environment cannot be read for want of memory. */
    int environmentFailures;
    /** Pids of processes that see another volume in the place of ours. */
    final Set<Integer> ofAnotherVolume = new HashSet<>();
    final Map<Integer, Path> executables = new HashMap<>();
    /** Pids whose working directory was deleted. */
    final Set<Integer> deletedUnder = new HashSet<>();
    private final Set<Runnable> beats = new LinkedHashSet<>();
    private final Heartbeats heartbeats = new Heartbeats() {
        @Override
        public void add(Runnable beat) {
            beats.add(beat);
        }

        @Override
        public void remove(Runnable beat) {
            beats.remove(beat);
        }
    };
    /** Directories that do not answer until the latch is open. */
    final Map<Path, CountDownLatch> silent = new ConcurrentHashMap<>();
    final Map<Integer, ProcessView> processes = new LinkedHashMap<>();
    private final Map<Integer, CompletableFuture<ExitStatus>> exits = new LinkedHashMap<>();
    private final Set<Integer> serving = new HashSet<>();
    boolean startsFail;
    StartGuard startGuard = StartGuard.none();
    private final Map<Path, Role> quick = new LinkedHashMap<>();
    private int lastPid = 100;
    private Duration now = Duration.ofHours(1);
    final AdoptedExits ends = new AdoptedExits(() -> now);
    DiskThreads disk = DiskThreads.none();

    FakeWorld(Path home) {
        this.home = home;
    }

    /** Puts something between the supervisor and whom it works with. */
    interface Between {
        <T> T put(Class<T> type, T real);
    }

    SupervisorContext context() {
        return context(new Between() {
            @Override
            public <T> T put(Class<T> type, T real) {
                return real;
            }
        });
    }

    SupervisorContext context(Between between) {
        EventLog recorder = between.put(
                EventLog.class, (level, subject, message) -> log.add(level + " " + subject + ": " + message));
        MonotonicClock clock = between.put(MonotonicClock.class, () -> now);
        var locks = new VolumeLocks(
                between.put(DirectoryLocks.class, this), lockMode,
                () -> new ThisSystem("here", Optional.of("boot"), Optional.of("pid:[1]"), AGENT), clock,
                recorder, between.put(Heartbeats.class, heartbeats));
        return new SupervisorContext(
                between.put(ProcessStarter.class, this), between.put(ProcessTable.class, this), locks, clock, AGENT, recorder,
                (subject, text, cut) -> { }, between.put(DoubleSupplier.class, () -> 0.0), home, 4, Path.of("/prefix"),
                Map.of("PATH", "/prefix/bin:/bin", "TZ", "UTC"), Duration.ofMillis(250), Duration.ofSeconds(9),
                RESTARTS, between.put(ServerLogs.class, ServerLogs.none()),
                new HoldMarks(home.resolve(".pgxl/held"), home),
                new EnvironmentFiles(home.resolve(".pgxl/environment"), home),
                between.put(StartGuard.class, startGuard), disk);
    }

    // Time.

    Duration now() {
        return now;
    }

    Lanes lanes() {
        return new Lanes(disk, () -> now, () -> { });
    }

    void pass(Duration time, ManagedNode... nodes) {
        pass(time, () -> {
            for (ManagedNode node : nodes) {
                node.noticeEnd();
                node.wake(now);
            }
        });
    }

    void pass(Duration time, WatchedNode... nodes) {
        pass(time, () -> {
            for (WatchedNode node : nodes) {
                node.noticeEnd();
                node.wake(now);
            }
        });
    }

    void pass(Duration time) {
        pass(time, () -> { });
    }

    private void pass(Duration time, Runnable turn) {
        Duration until = now.plus(time);
        while (now.compareTo(until) < 0) {
            now = now.plus(Duration.ofMillis(5));
            turn.run();
        }
    }

    // Directories.

    Path dataDirectory(String name, Role role) throws IOException {
        Path directory = Files.createDirectories(home.resolve(name)).toRealPath();
        if (role.program() == Program.POSTGRES) {
            Files.writeString(directory.resolve("PG_VERSION"), "10\n");
            for (String folder : List.of("global", "base", "pg_wal")) {
                Files.createDirectories(directory.resolve(folder));
            }
            Files.writeString(directory.resolve("global/pg_control"), "x");
            Files.writeString(
                    directory.resolve("postmaster.opts"),
                    "/usr/local/lib/postgres/bin/postgres \"--" + role.label() + "\" \"-D\" \"" + directory
                            + "\" \"-i\"\n");
        } else {
            Files.writeString(directory.resolve(role.program().executable() + ".conf"), "port = 6666\n");
            Files.writeString(directory.resolve(role.program().optionsFileName()), " \"-D\" \"" + directory + "\"\n");
        }
        return directory;
    }

    void writePidFile(Path directory, Role role, int pid, String status) throws IOException {
        String content = role.program() == Program.POSTGRES
                ? pid + "\n" + directory + "\n1795367637\n" + POSTGRES_PORT + "\n" + home + "\n*\n  5432001         0\n"
                        + String.format("%-8s", status) + "\n"
                : pid + "\n" + directory + "\n1\n";
        Files.writeString(directory.resolve(role.program().pidFileName()), content);
    }

    /** As servers before PostgreSQL 10 write it, from their start to their end. */
    void writePidFileWithoutStatus(Path directory, Role role, int pid) throws IOException {
        writePidFile(directory, role, pid, "");
        Path file = directory.resolve(role.program().pidFileName());
        Files.writeString(file, Files.readString(file).replaceFirst("\n *\n$", "\n"));
    }

    // Processes.

    ProcessView server(Path directory, Role role, int parent) {
        List<String> commandLine = role.program() == Program.POSTGRES
                ? List.of("/prefix/bin/postgres", "--" + role.label(), "-D", directory.toString())
                : List.of("/prefix/bin/" + role.program().executable(), "-D", directory.toString());
        return add(role.program().executable(), commandLine, directory, parent);
    }

    ProcessView leftover(Path directory, String title) {
        return add("postgres", List.of("postgres: " + title), directory, AGENT);
    }

    ProcessView add(String program, List<String> commandLine, Path directory, int parent) {
        int pid = ++lastPid;
        var view = new ProcessView(
                new ProcessIdentity(pid, pid), parent, 'S', 26, program, commandLine, Optional.of(directory));
        processes.put(pid, view);
        return view;
    }

    /** Has a process in another state, a letter of {@code /proc/PID/stat}. */
    ProcessView inState(char state, int pid) {
        return processes.computeIfPresent(pid, (number, view) -> new ProcessView(
                view.identity(), view.parent(), state, view.uid(), view.program(), view.commandLine(), view.directory()));
    }

    /** The server of this directory serves before its start has returned. */
    void servesAtOnce(Path directory, Role role) {
        quick.put(directory, role);
    }

    void serve(int pid) {
        serving.add(pid);
    }

    /** Whether the agent started it. */
    boolean started(int pid) {
        return exits.containsKey(pid);
    }

    void end(int pid, ExitStatus status) {
        processes.remove(pid);
        ends.reaped(new Reaped(new ProcessIdentity(pid, pid), status, exits.containsKey(pid), now));
        Optional.ofNullable(exits.remove(pid)).ifPresent(exit -> exit.complete(status));
    }

    @Override
    public Child start(Command command) throws StartFailedException {
        started.add(command);
        if (startsFail) {
            throw new StartFailedException("cannot start " + command.program() + " in " + command.directory()
                    + ": errno 2 (ENOENT)");
        }
        ProcessView view = add(
                command.program().getFileName().toString(), command.arguments(), command.directory(), AGENT);
        var exit = new CompletableFuture<ExitStatus>();
        exits.put(view.identity().pid(), exit);
        if (quick.containsKey(command.directory())) {
            serve(view.identity().pid());
            try {
                writePidFile(command.directory(), quick.get(command.directory()), view.identity().pid(), "ready");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new FakeChild(view.identity(), exit);
    }

    @Override
    public Optional<ProcessView> find(int pid) {
        return Optional.ofNullable(processes.get(pid));
    }

    @Override
    public List<ProcessView> children(Predicate<ProcessIdentity> wanted) {
        return processes.values().stream()
                .filter(view -> view.parent() == AGENT && wanted.test(view.identity()))
                .toList();
    }

    @Override
    public List<ProcessView> orphansOfInit(Predicate<ProcessIdentity> wanted) {
        return List.of();
    }

    @Override
    public boolean worksIn(ProcessIdentity identity, Path directory) {
        return !ofAnotherVolume.contains(identity.pid());
    }

    @Override
    public Optional<Path> executable(ProcessIdentity identity) {
        return Optional.ofNullable(executables.get(identity.pid()));
    }

    @Override
    public boolean worksInDeleted(ProcessIdentity identity) {
        return deletedUnder.contains(identity.pid());
    }

    @Override
    public Optional<Map<String, String>> environment(ProcessIdentity identity) {
        if (environmentFailures > 0) {
            environmentFailures--;
            throw new OutOfMemoryError("a test");
        }
        return Optional.ofNullable(environments.get(identity.pid()));
    }

    @Override
    public List<ProcessView> processes() {
        return List.copyOf(processes.values());
    }

    @Override
    public boolean exists(ProcessIdentity identity) {
        return isAlive(identity);
    }

    @Override
    public boolean isAlive(ProcessIdentity identity) {
        return find(identity.pid()).filter(view -> view.identity().equals(identity)).isPresent();
    }

    @Override
    public Set<Integer> listeningPorts(ProcessIdentity identity) {
        return serving.contains(identity.pid()) ? Set.of(POSTGRES_PORT, 6666) : Set.of();
    }

    @Override
    public boolean signal(ProcessIdentity identity, Signal signal) {
        signals.add(signal + " " + identity.pid());
        if (signal == Signal.CONT) {
            inState('S', identity.pid());
        }
        return isAlive(identity);
    }

    /** The agent shows that it lives, and looks whether it still has its directories. */
    void beat() {
        List.copyOf(beats).forEach(Runnable::run);
    }

    @Override
    public Attempt tryLockFile(Path file) {
        return tryLock(file);
    }

    @Override
    public MountedFileSystem fileSystem(Path directory) {
        return fileSystem;
    }

    private void hangIn(Path directory) {
        CountDownLatch answer = silent.get(directory);
        try {
            if (answer != null && !answer.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let " + directory + " answer");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Attempt tryLock(Path directory) {
        if (lockFailure.isPresent()) {
            return lockFailure.get();
        }
        hangIn(directory);
        if (lockedElsewhere.contains(directory)) {
            return new Attempt.Busy();
        }
        lockedHere.add(directory);
        return new Attempt.Held(new Lock() {
            @Override
            public boolean isOn(Path path) {
                hangIn(directory);
                return path.equals(directory);
            }

            @Override
            public void close() {
                lockedHere.remove(directory);
            }
        });
    }

    private record FakeChild(ProcessIdentity identity, CompletableFuture<ExitStatus> exit) implements Child {
        @Override
        public ReadyOutput input() {
            throw new UnsupportedOperationException();
        }

        @Override
        public InputStream output() {
            return InputStream.nullInputStream();
        }

        @Override
        public InputStream error() {
            return InputStream.nullInputStream();
        }

        @Override
        public boolean signal(Signal signal) {
            return false;
        }

        @Override
        public boolean signalGroup(Signal signal) {
            return false;
        }
    }
}
