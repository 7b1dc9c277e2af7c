package com.tiredpixel.pgxl.agent.supervisor.directory;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.node.SocketDirectories;
import com.tiredpixel.pgxl.agent.node.SocketLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Removes the pid file and the sockets of a dead server. Both programs test a pid file with
 * {@code kill(pid, 0)}, which also answers for a thread id; in a container pids are small and repeat, and
 * the JVM owns some twenty of them, so a stale file would stop every later start.
 *
 * <p>The caller has proven that the file is stale: it holds the directory's lock, and no process of
 * PostgreSQL or GTM works in the directory.
 */
final class StaleFiles {
    /** Anybody may fill a directory with lock files that cannot be read. */
    private static final int MOST_TOLD = 3;

    private final DirectoryContext context;
    private final Path directory;
    private final NodeName name;

    StaleFiles(DirectoryContext context, NodeName name) {
        this.context = context;
        this.name = name;
        this.directory = name.directory();
    }

    DirectoryClaim.Preparation remove(PidFile pidFile) {
        Path file = directory.resolve(name.program().pidFileName());
        boolean absent = pidFile instanceof PidFile.Absent;
        if (!absent && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return new DirectoryClaim.Obstructed(file + " is not a regular file; remove it by hand");
        }
        if (name.program() == Program.POSTGRES) {
            SocketDirectories.of(directory, pidFile).forEach(this::removeSockets);
        }
        if (absent) {
            return new DirectoryClaim.Ready();
        }
        return delete(file, "no server works in the directory, and it " + describe(pidFile))
                .<DirectoryClaim.Preparation>map(DirectoryClaim.Obstructed::new)
                .orElseGet(DirectoryClaim.Ready::new);
    }

    /** A socket's lock file names the directory of its server, so nobody else's socket is touched. */
    private void removeSockets(Path socketDirectory) {
        int told = 0;
        for (SocketLock lock : SocketLock.in(socketDirectory, this::matters)) {
            if (lock.owner() instanceof PidFile.Unreadable unreadable && told++ < MOST_TOLD) {
                context.log().warn(name.subject(), unreadable.reason() + "; a server on port " + lock.port()
                        + " cannot start beside it");
            } else if (lock.owner() instanceof PidFile.Named owner) {
                String proof = "its server, pid " + owner.pid() + " on " + directory + ", is gone";
                delete(lock.socket(), proof).ifPresent(error -> context.log().warn(name.subject(), error));
                delete(lock.file(), proof).ifPresent(error -> context.log().warn(name.subject(), error));
            }
        }
    }

    private boolean matters(SocketLock lock) {
        return lock.owner() instanceof PidFile.Unreadable
                || lock.owner() instanceof PidFile.Named owner && isThisDirectory(owner.dataDirectory());
    }

    private boolean isThisDirectory(String path) {
        try {
            return Path.of(path).toRealPath().equals(directory);
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    private static String describe(PidFile pidFile) {
        if (pidFile instanceof PidFile.Named named) {
            return "names pid " + named.pid();
        }
        if (pidFile instanceof PidFile.Malformed malformed) {
            return "names no process: " + malformed.why();
        }
        return "cannot be read";
    }

    /** Returns what went wrong, if anything did. */
    private Optional<String> delete(Path file, String proof) {
        try {
            if (Files.deleteIfExists(file)) {
                context.log().info(name.subject(), "removed the stale " + file + ": " + proof);
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("cannot remove the stale " + file + ": " + e);
        }
    }
}
