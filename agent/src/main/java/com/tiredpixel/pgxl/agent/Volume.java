package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.config.Settings;
import com.tiredpixel.pgxl.agent.config.SystemDirectories;
import com.tiredpixel.pgxl.agent.os.DirectoryOwnership;
import com.tiredpixel.pgxl.agent.os.Libc;
import com.tiredpixel.pgxl.agent.os.Privileges;
import com.tiredpixel.pgxl.agent.os.SecurePath;
import com.tiredpixel.pgxl.agent.os.UserDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Root's two duties at start: to give a fresh volume to its user, and to become that user for good. Started
 * as another user, both are skipped.
 */
final class Volume {
    private static final int PRIVATE = 0700;

    private final Settings settings;
    private final Libc libc;
    private final EventLog log;
    private final Privileges privileges;
    private Optional<String> notTaken = Optional.empty();

    Volume(Settings settings, Libc libc, EventLog log) {
        this.settings = settings;
        this.libc = libc;
        this.log = log;
        this.privileges = new Privileges(libc);
    }

    /**
     * Makes the home directory if there is none, and gives it to the user if it belongs to root. Below a directory
     * that somebody else can change root does neither: it might be led to a directory of the system.
     */
    void takeOver() throws StartupException {
        if (!privileges.isRoot()) {
            return;
        }
        Path home = settings.home();
        Optional<Path> broken = firstInsecure(home);
        if (broken.isPresent()) {
            log.info("agent", "root leaves " + home + " as it is: others than root can change " + broken.get());
            return;
        }
        make(home);
        if (SystemDirectories.contains(home())) {
            throw new StartupException(
                    ExitCode.SYSTEM, "PGXL_HOME: " + home + " is " + home() + ", a directory of the system");
        }
        if (belongsTo(user())) {
            return;
        }
        DirectoryOwnership.Result result = new DirectoryOwnership(libc).takeOver(
                home, user(), PRIVATE, settings.stateDirectory().getFileName().toString());
        if (result instanceof DirectoryOwnership.Result.Taken) {
            log.info("agent", "gave " + home + " to " + settings.user() + ": it belonged to root");
        } else if (result instanceof DirectoryOwnership.Result.Refused refused) {
            notTaken = Optional.of(refused.reason());
        }
    }

    private static Optional<Path> firstInsecure(Path home) throws StartupException {
        try {
            return SecurePath.firstInsecure(home);
        } catch (IOException e) {
            throw new StartupException(ExitCode.SYSTEM, "PGXL_HOME: cannot see the way to " + home + ": " + e);
        }
    }

    private static void make(Path home) throws StartupException {
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new StartupException(ExitCode.SYSTEM, "PGXL_HOME: cannot make directory " + home + ": " + e);
        }
    }

    /** Without CAP_DAC_OVERRIDE root may look at the directory of another, but not open it. */
    private boolean belongsTo(UserDatabase.User user) {
        try {
            Object owner = Files.getAttribute(settings.home(), "unix:uid", LinkOption.NOFOLLOW_LINKS);
            return owner.equals(user.uid());
        } catch (IOException e) {
            return false;
        }
    }

    /** Gives up root, or says who the agent is if it never was root; then the home directory is made, if it was not. */
    void becomeItsUser() throws StartupException {
        if (privileges.isRoot()) {
            Set<Integer> given = privileges.givenGroups();
            if (!given.isEmpty()) {
                log.info("agent", "keeps the groups that the container was given: " + given);
            }
            if (privileges.drop(user()) instanceof Privileges.Drop.Failed failed) {
                throw new StartupException(ExitCode.SYSTEM, failed.reason());
            }
        } else {
            Optional<String> name = new UserDatabase().user(libc.geteuid()).map(UserDatabase.User::name);
            if (!name.equals(Optional.of(settings.user()))) {
                log.warn("agent", "runs as uid " + libc.geteuid() + " (" + name.orElse("no name")
                        + ") and not as PGXL_USER " + settings.user());
            }
        }
        if (privileges.noNewPrivileges() instanceof Privileges.NoNewPrivileges.MissingOn missing) {
            log.warn("agent", "no_new_privs is not set on " + missing.threads().size()
                    + " threads: start the agent with its launcher, bin/pgxl-agent");
        }
        make(settings.home());
    }

    /**
     * Looks whether anything can be kept on the volume; to be asked after root has been given up.
     *
     * @param inUse whether it holds a node: that one shall run all the same
     * @throws StartupException if nothing can be kept and there is no node: nobody could log in to make one
     */
    void check(BooleanSupplier inUse) throws StartupException {
        Path state = settings.stateDirectory();
        while (!Files.exists(state) && state.getParent() != null) {
            state = state.getParent();
        }
        if (Files.isDirectory(state) && Files.isWritable(state) && Files.isExecutable(state)) {
            notTaken.ifPresent(reason -> log.warn("agent", reason));
            return;
        }
        String setting = settings.stateDirectory().startsWith(settings.home()) ? "PGXL_HOME" : "PGXL_STATE_DIR";
        String fault = setting + ": uid " + libc.geteuid() + " cannot write in " + state + ownership(state)
                + notTaken.map(reason -> "; " + reason).orElse("");
        if (!inUse.getAsBoolean()) {
            throw new StartupException(ExitCode.SYSTEM, fault);
        }
        log.error("agent", fault);
    }

    private static String ownership(Path directory) {
        try {
            Map<String, Object> seen = Files.readAttributes(directory, "unix:uid,gid,mode");
            return String.format(
                    ", which belongs to uid %d, gid %d, mode %04o",
                    seen.get("uid"), seen.get("gid"), (Integer) seen.get("mode") & 07777);
        } catch (IOException unseen) {
            return "";
        }
    }

    /** @return the home as the kernel names it, for comparison with what {@code /proc} shows */
    Path home() throws StartupException {
        try {
            return settings.home().toRealPath();
        } catch (IOException e) {
            throw new StartupException(ExitCode.SYSTEM, "PGXL_HOME: cannot follow " + settings.home() + ": " + e);
        }
    }

    private UserDatabase.User user() throws StartupException {
        return new UserDatabase()
                .user(settings.user())
                .orElseThrow(() -> new StartupException(
                        ExitCode.USAGE, "PGXL_USER: no user " + settings.user() + " in /etc/passwd"));
    }
}
