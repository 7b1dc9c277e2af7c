package com.tiredpixel.pgxl.agent.supervisor.directory;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.Listing;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.supervisor.lock.Grant;
import com.tiredpixel.pgxl.agent.supervisor.lock.Remains;
import com.tiredpixel.pgxl.agent.supervisor.lock.VolumeLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One data directory and this container's right to run a server on it: the lock, and the proof that
 * nothing of an earlier server is left. Neither PostgreSQL's pid file nor its shared memory protects a
 * directory that two containers share; the lock does.
 */
public final class DirectoryClaim {
    /** Long enough for whatever a postmaster leaves that has stopped in order. */
    private static final Duration LAST_CHILDREN = Duration.ofSeconds(1);

    private final DirectoryContext context;
    private final NodeName name;
    private final Path directory;
    private final Leftovers leftovers;
    private final OperatorsCommand operatorsCommand;
    private final VolumeLock lock;
    private boolean lettingGo;
    private Optional<Duration> childrenSince = Optional.empty();

    /** What came of the attempt to make a data directory ready for a start. */
    public sealed interface Preparation {
    }

    /** The lock is held, nothing of a dead server is left. */
    public record Ready() implements Preparation {
    }

    /** @param why it may be ready in a moment */
    public record NotYet(String why) implements Preparation {
    }

    /** @param reason who else has the directory */
    public record LockRefused(String reason) implements Preparation {
    }

    /** @param server a live server of this directory, started by somebody else */
    public record ServerIsThere(ProcessView server) implements Preparation {
    }

    /** @param reason what stands in the way */
    public record Obstructed(String reason) implements Preparation {
    }

    /** The directory is not there any more, or nothing is left in it. */
    public record DirectoryGone() implements Preparation {
    }

    /** @param name of the node whose directory it is */
    public DirectoryClaim(DirectoryContext context, NodeName name) {
        this.context = context;
        this.name = name;
        this.directory = name.directory();
        this.leftovers = new Leftovers(context, name);
        this.operatorsCommand = new OperatorsCommand(context, directory);
        this.lock = context.locks().of(directory);
    }

    /**
     * Whether the directory is gone, or is there and empty: {@code pgxc_ctl remove … clean} makes it anew in the
     * same command that removes it.
     */
    public static boolean isRemoved(Path directory) {
        boolean[] some = new boolean[1];
        Listing listing = BoundedFiles.system().list(directory, 1, entry -> some[0] = true);
        return listing instanceof Listing.NoDirectory || listing instanceof Listing.Listed && !some[0];
    }

    /** Does one step towards a start; called again until it is {@link Ready} or stuck. */
    public Preparation prepare() {
        if (isRemoved(directory)) {
            return new DirectoryGone();
        }
        endLettingGo();
        Grant grant = lock.forStart(name.subject(), this::mayHaveUnseenServer);
        if (grant instanceof Grant.Elsewhere elsewhere) {
            return new LockRefused(elsewhere.reason());
        }
        if (grant instanceof Grant.Unknown unknown) {
            return new Obstructed(unknown.reason());
        }
        if (grant instanceof Grant.Soon) {
            return new NotYet("the directory is about to be ours");
        }
        List<ProcessView> here = serversHere();
        PidFile pidFile = name.pidFile();
        Optional<ProcessView> live = here.stream()
                .filter(process -> pidFile instanceof PidFile.Named named
                        && named.pid() == process.identity().pid())
                .findFirst();
        if (live.isPresent()) {
            return new ServerIsThere(live.get());
        }
        if (here.stream().anyMatch(process -> process.commandLine().isEmpty())) {
            // So looks one that has just begun, or is about to be a zombie: in a moment it is clear which.
            return leftovers(here);
        }
        Optional<ProcessView> beginner = here.stream().filter(process -> !Leftovers.isOne(process)).findFirst();
        if (beginner.isPresent()) {
            return new Obstructed(beginner.get().identity() + ", a " + beginner.get().program()
                    + " in this directory, is not in " + name.program().pidFileName() + " (yet)");
        }
        if (!here.isEmpty()) {
            leftovers.end(here);
            return leftovers(here);
        }
        Optional<ProcessView> command = operatorsCommand.atWork();
        if (command.isPresent()) {
            return new Obstructed(command.get().identity() + ", a " + command.get().program()
                    + " of the operator, is at work on this directory");
        }
        Optional<String> closed = name.program() == Program.POSTGRES
                ? new DirectoryAccess(context, name).close()
                : Optional.empty();
        if (closed.isPresent()) {
            return new Obstructed(closed.get());
        }
        // Without a lock nothing is proven. Then the server's own test of the number in its pid file has to do.
        return lock.isHeld()
                ? new StaleFiles(context, name).remove(pidFile)
                : new Ready();
    }

    private static Preparation leftovers(List<ProcessView> here) {
        return new NotYet(here.size() + " leftover processes");
    }

    /**
     * Removes what a server of an earlier container left of a node that is not to start. The operator's next command
     * would signal whoever has that pid now: {@code pgxc_ctl} runs {@code gtm_ctl stop} before each start of a GTM, and
     * to {@code kill(pid, SIGTERM)} a thread of PID 1 is as good as a process. Only what is proven: that needs the lock,
     * and that nobody starts a server meanwhile.
     */
    public void tidy() {
        if (!isRemoved(directory)
                && lock.forStart(name.subject(), this::mayHaveUnseenServer) instanceof Grant.Ours && lock.isHeld()
                && serversHere().isEmpty() && operatorsCommand.atWork().isEmpty()) {
            new StaleFiles(context, name).remove(name.pidFile());
        }
    }

    /**
     * Ends the children of a dead postmaster of a node that is not to start: the operator's own start would fail for as
     * long as they live. A child of a postmaster that he has started meanwhile is no orphan, and so not a child of PID 1.
     *
     * @return whether they are worth another look
     */
    public boolean endOrphans() {
        List<ProcessView> orphans = serversHere().stream()
                .filter(process -> Leftovers.isOne(process) && context.isAdoptable(process))
                .toList();
        if (orphans.isEmpty() || leftovers.areStubborn(orphans)) {
            return false;
        }
        leftovers.end(orphans);
        return true;
    }

    /** Takes the lock for a server that somebody else started here. */
    public Grant takeForRunning() {
        return lock.forRunning(name.subject());
    }

    /** @return whether there is a lock that has not been let go, of whatever use it may be */
    public boolean isTaken() {
        return lock.isTaken();
    }

    /** @return the host of an agent that has the directory now, though it was never let go */
    public Optional<String> successor() {
        return lock.successor();
    }

    /**
     * Lets the directory go, unless a process of its server lives on: some children outlive their postmaster, and until
     * the last is gone nobody may start another. Then this is to be called again; after a while it ends them.
     */
    public void release() {
        lettingGo = true;
        boolean removed = isRemoved(directory);
        if (removed || !lock.isHeld() || serversHere().isEmpty()) {
            lock.release(name.subject(), removed ? Remains.NO_DIRECTORY : hasPidFile() ? Remains.PID_FILE : Remains.NOTHING);
            endLettingGo();
            return;
        }
        Duration now = context.clock().now();
        if (childrenSince.isEmpty()) {
            childrenSince = Optional.of(now);
        } else if (now.minus(childrenSince.get()).compareTo(LAST_CHILDREN) >= 0) {
            endOrphans();
        }
    }

    /** It is let go, or not to be let go any more: a server is there, or about to be. */
    public void endLettingGo() {
        lettingGo = false;
        childrenSince = Optional.empty();
    }

    /** @return whether it is to be let go as soon as the last process of its server is gone */
    public boolean isLettingGo() {
        return lettingGo;
    }

    private boolean hasPidFile() {
        for (Program program : Program.values()) {
            if (Files.exists(directory.resolve(program.pidFileName()), LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is a pid file that names no server here: it may be that of a server elsewhere. */
    private boolean mayHaveUnseenServer() {
        PidFile pidFile = name.pidFile();
        return !(pidFile instanceof PidFile.Absent) && serversHere().stream()
                .noneMatch(process -> pidFile instanceof PidFile.Named named
                        && named.pid() == process.identity().pid());
    }

    /** Every process of ours or of others here that runs one of the programs in this very directory. */
    private List<ProcessView> serversHere() {
        return context.processes().processes().stream()
                .filter(process -> !process.isZombie())
                .filter(process -> Program.named(process.program()).isPresent())
                .filter(process -> process.directory().filter(directory::equals).isPresent())
                .filter(process -> context.processes().worksIn(process.identity(), directory))
                .toList();
    }
}
