package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Attempt;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Lock;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One data directory and this container's right to run a server on it: the lock, and the proof that
 * nothing of an earlier server is left. Neither PostgreSQL's pid file nor its shared memory protects a
 * directory that two containers share; the lock does.
 */
final class DirectoryClaim {
    private final Surroundings surroundings;
    private final Path directory;
    private final Leftovers leftovers;
    private final OperatorsCommand operatorsCommand;
    private Optional<Lock> lock = Optional.empty();
    private boolean lockless;

    DirectoryClaim(Surroundings surroundings, Path directory) {
        this.surroundings = surroundings;
        this.directory = directory;
        this.leftovers = new Leftovers(surroundings, directory);
        this.operatorsCommand = new OperatorsCommand(surroundings, directory);
    }

    /**
     * Whether the directory is gone, or is there and empty: {@code pgxc_ctl remove … clean} makes it anew in the
     * same command that removes it.
     */
    static boolean isRemoved(Path directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return true;
        } catch (IOException | DirectoryIteratorException e) {
            return false;
        }
    }

    /** Does one step towards a start; called again until it is {@link Preparation.Ready} or stuck. */
    Preparation prepare(Role role, String subject) {
        if (isRemoved(directory)) {
            return new Preparation.DirectoryGone();
        }
        if (!take(subject)) {
            return new Preparation.LockRefused();
        }
        List<ProcessView> here = serversHere();
        PidFile pidFile = PidFile.read(directory, role);
        Optional<ProcessView> live = here.stream()
                .filter(process -> pidFile instanceof PidFile.Named named
                        && named.pid() == process.identity().pid())
                .findFirst();
        if (live.isPresent()) {
            return new Preparation.ServerIsThere(live.get());
        }
        if (here.stream().anyMatch(process -> process.commandLine().isEmpty())) {
            // So looks one that has just begun, or is about to be a zombie: in a moment it is clear which.
            return new Preparation.LeftoversRemain(here.size());
        }
        Optional<ProcessView> beginner = here.stream().filter(process -> !Leftovers.isOne(process)).findFirst();
        if (beginner.isPresent()) {
            return new Preparation.Obstructed(beginner.get().identity() + ", a " + beginner.get().program()
                    + " in this directory, is not in " + role.pidFileName() + " (yet)");
        }
        if (!here.isEmpty()) {
            leftovers.end(here, subject);
            return new Preparation.LeftoversRemain(here.size());
        }
        Optional<ProcessView> command = operatorsCommand.atWork();
        if (command.isPresent()) {
            return new Preparation.Obstructed(command.get().identity() + ", a " + command.get().program()
                    + " of the operator, is at work on this directory");
        }
        return new StaleFiles(surroundings, directory, subject).remove(role, pidFile);
    }

    /**
     * Removes what a server of an earlier container left of a node that is not to start. The operator's next command
     * would signal whoever has that pid now: {@code pgxc_ctl} runs {@code gtm_ctl stop} before each start of a GTM, and
     * to {@code kill(pid, SIGTERM)} a thread of PID 1 is as good as a process. Only what is proven: that needs the lock,
     * and that nobody starts a server meanwhile.
     */
    void tidy(Role role, String subject) {
        if (!isRemoved(directory) && take(subject) && lock.isPresent()
                && serversHere().isEmpty() && operatorsCommand.atWork().isEmpty()) {
            new StaleFiles(surroundings, directory, subject).remove(role, PidFile.read(directory, role));
        }
    }

    /**
     * Ends the children of a dead postmaster of a node that is not to start: the operator's own start would fail for as
     * long as they live. A child of a postmaster that he has started meanwhile is no orphan, and so not a child of PID 1.
     *
     * @return whether they are worth another look
     */
    boolean endOrphans(String subject) {
        List<ProcessView> orphans = serversHere().stream()
                .filter(process -> Leftovers.isOne(process) && process.parent() == surroundings.agentPid())
                .toList();
        if (orphans.isEmpty() || leftovers.areStubborn(orphans)) {
            return false;
        }
        leftovers.end(orphans, subject);
        return true;
    }

    /** Takes the lock if it is not held. Returns false if another container holds it. */
    boolean take(String subject) {
        if (lock.isPresent() && lock.get().isOn(directory)) {
            return true;
        }
        release();
        Attempt attempt = surroundings.locks().tryLock(directory);
        if (attempt instanceof Attempt.Held held) {
            lock = Optional.of(held.lock());
            return true;
        }
        if (attempt instanceof Attempt.Failed failed) {
            // Some network file systems know no flock. The node matters more than the protection.
            if (!lockless) {
                surroundings.log().warn(subject, "no protection against a second container on this directory: "
                        + failed.reason());
            }
            lockless = true;
            return true;
        }
        return false;
    }

    void release() {
        lock.ifPresent(Lock::close);
        lock = Optional.empty();
    }

    /** Every process of ours or of others here that runs one of the programs in this very directory. */
    private List<ProcessView> serversHere() {
        return surroundings.processes().processes().stream()
                .filter(process -> !process.isZombie())
                .filter(process -> Lookout.isServerProgram(process.program()))
                .filter(process -> process.directory().filter(directory::equals).isPresent())
                .toList();
    }
}
