package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * {@link ProcessTable} from {@code /proc}. Whatever vanishes while it is read was not there. What a process shows of itself
 * is its own work: nothing of it costs more than a bound.
 */
public final class ProcFs implements ProcessTable {
    private static final String DELETED = " (deleted)";
    private static final int INIT = 1;
    private static final int LARGEST_ENVIRONMENT = 256 * 1024;

    private final Libc libc;
    private final Path proc;
    private final int ownPid;
    private final Predicate<String> programs;
    private final ChildPids childPids;
    private final ChildPids childrenOfInit;

    /**
     * The real one.
     *
     * @param reaper of all that the agent starts
     * @param programs those whose command lines matter. Of others they are not read: the kernel keeps whoever asks
     *     waiting while a process maps a file of a network that does not answer
     */
    public ProcFs(Libc libc, Reaper reaper, Predicate<String> programs) {
        this(libc, Path.of("/proc"), libc.getpid(), programs, reaper.registry()::pids);
    }

    /**
     * For tests.
     *
     * @param proc where {@code /proc} is mounted
     * @param ownPid whose children {@link #children} lists
     * @param started pids of those that it started itself
     */
    ProcFs(Libc libc, Path proc, int ownPid, Predicate<String> programs, Supplier<Set<Integer>> started) {
        this.libc = libc;
        this.proc = proc;
        this.ownPid = ownPid;
        this.programs = programs;
        this.childPids = new ChildPids(proc, ownPid, started);
        this.childrenOfInit = new ChildPids(proc, INIT, Set::of);
    }

    @Override
    public Optional<ProcessView> find(int pid) {
        if (pid < 1) {
            return Optional.empty();
        }
        return ProcStat.read(proc, pid).flatMap(stat -> view(stat, new CommandLines(proc)));
    }

    private Optional<ProcessView> view(ProcStat stat, CommandLines commandLines) {
        int pid = stat.identity().pid();
        Optional<ProcStatus> status = ProcStatus.read(proc.resolve(pid + "/status"));
        if (status.isEmpty() || status.get().threadGroup() != pid) {
            return Optional.empty();
        }
        String program = link(pid, "exe")
                .map(Path::getFileName)
                .map(name -> withoutSuffix(name.toString()))
                .orElse(stat.comm());
        return Optional.of(new ProcessView(
                stat.identity(),
                stat.parent(),
                stat.state(),
                status.get().effectiveUid(),
                program,
                programs.test(program) ? commandLines.of(pid) : List.of(),
                link(pid, "cwd")));
    }

    private static String withoutSuffix(String name) {
        return name.endsWith(DELETED) ? name.substring(0, name.length() - DELETED.length()) : name;
    }

    private Optional<Path> link(int pid, String name) {
        try {
            return Optional.of(Files.readSymbolicLink(proc.resolve(pid + "/" + name)));
        } catch (IOException goneOrForbidden) {
            return Optional.empty();
        }
    }

    /**
     * {@inheritDoc} The kernel may leave an orphan out while others exit; who needs certainty looks twice.
     */
    @Override
    public List<ProcessView> children(Predicate<ProcessIdentity> wanted) {
        return views(childPids, ownPid, wanted);
    }

    @Override
    public List<ProcessView> orphansOfInit(Predicate<ProcessIdentity> wanted) {
        if (ownPid == INIT) {
            return List.of();
        }
        int user = libc.geteuid();
        return views(childrenOfInit, INIT, wanted).stream().filter(view -> view.uid() == user).toList();
    }

    private List<ProcessView> views(ChildPids pids, int parent, Predicate<ProcessIdentity> wanted) {
        List<ProcessView> views = new ArrayList<>();
        var commandLines = new CommandLines(proc);
        for (int pid : pids.read()) {
            ProcStat.read(proc, pid)
                    .filter(stat -> stat.parent() == parent && !stat.isZombie() && wanted.test(stat.identity()))
                    .flatMap(stat -> view(stat, commandLines))
                    .ifPresent(views::add);
        }
        return views;
    }

    @Override
    public boolean worksIn(ProcessIdentity identity, Path directory) {
        try {
            return Files.isSameFile(proc.resolve(identity.pid() + "/cwd"), directory) && exists(identity);
        } catch (IOException goneOrForbidden) {
            return false;
        }
    }

    @Override
    public Optional<Path> executable(ProcessIdentity identity) {
        return link(identity.pid(), "exe").map(path -> Path.of(withoutSuffix(path.toString()))).filter(path -> exists(identity));
    }

    @Override
    public boolean worksInDeleted(ProcessIdentity identity) {
        return link(identity.pid(), "cwd").filter(path -> path.toString().endsWith(DELETED)).isPresent() && exists(identity);
    }

    @Override
    public Optional<Map<String, String>> environment(ProcessIdentity identity) {
        FileRead read = BoundedFiles.system().read(proc.resolve(identity.pid() + "/environ"), LARGEST_ENVIRONMENT);
        if (!(read instanceof FileRead.Content content) || !exists(identity)) {
            return Optional.empty();
        }
        Map<String, String> environment = new TreeMap<>();
        for (String variable : new String(content.bytes(), StandardCharsets.UTF_8).split("\0")) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                environment.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return Optional.of(environment);
    }

    @Override
    public List<ProcessView> processes() {
        List<ProcessView> all = new ArrayList<>();
        var commandLines = new CommandLines(proc);
        for (int pid : numbers(proc)) {
            ProcStat.read(proc, pid)
                    .filter(stat -> !stat.isZombie())
                    .flatMap(stat -> view(stat, commandLines))
                    .ifPresent(all::add);
        }
        return all;
    }

    /** @return the names in a directory of {@code /proc} that are numbers */
    static List<Integer> numbers(Path directory) {
        List<Integer> numbers = new ArrayList<>();
        BoundedFiles.system().list(directory, Integer.MAX_VALUE, entry -> {
            String name = entry.getFileName().toString();
            if (name.chars().allMatch(letter -> letter >= '0' && letter <= '9')) {
                numbers.add(Integer.parseInt(name));
            }
            return true;
        });
        return numbers;
    }

    @Override
    public boolean exists(ProcessIdentity identity) {
        return ProcStat.read(proc, identity.pid()).filter(stat -> stat.identity().equals(identity)).isPresent();
    }

    @Override
    public boolean isAlive(ProcessIdentity identity) {
        return ProcStat.read(proc, identity.pid())
                        .filter(stat -> stat.identity().equals(identity) && !stat.isZombie())
                        .isPresent()
                && ProcStatus.read(proc.resolve(identity.pid() + "/status"))
                        .filter(status -> status.threadGroup() == identity.pid())
                        .isPresent();
    }

    @Override
    public Set<Integer> listeningPorts(ProcessIdentity identity) {
        Set<Integer> ports = ListeningSockets.of(proc.resolve(Integer.toString(identity.pid())));
        return isAlive(identity) ? ports : Set.of();
    }

    /**
     * {@inheritDoc} A pidfd is opened before the start time is compared: if the number changes its owner
     * after that, the signal fails with ESRCH. Where a seccomp filter knows no pidfd, a moment remains between
     * comparison and {@code kill}.
     */
    @Override
    public boolean signal(ProcessIdentity identity, Signal signal) {
        if (identity.pid() < 1) {
            return false;
        }
        int pidfd = libc.pidfdOpen(identity.pid());
        if (isForbidden(pidfd)) {
            return signalByNumber(identity, signal);
        }
        if (pidfd < 0) {
            return false;
        }
        try {
            if (!isAlive(identity)) {
                return false;
            }
            int result = libc.pidfdSendSignal(pidfd, signal.number());
            return isForbidden(result) ? signalByNumber(identity, signal) : result == 0;
        } finally {
            libc.close(pidfd);
        }
    }

    private static boolean isForbidden(int result) {
        return Errno.ENOSYS.is(result) || Errno.EPERM.is(result);
    }

    private boolean signalByNumber(ProcessIdentity identity, Signal signal) {
        return isAlive(identity) && libc.kill(identity.pid(), signal.number()) == 0;
    }
}
