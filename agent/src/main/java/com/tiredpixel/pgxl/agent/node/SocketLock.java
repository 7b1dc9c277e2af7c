package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lock file beside a Unix socket of a postmaster, such as {@code /tmp/.s.PGSQL.5432.lock}, or of its pooler,
 * {@code /tmp/.s.PGPOOL.15432.lock}. It has the first five lines of the pid file, the pooler's with the pooler's
 * own pid, and is as stale as that after {@code kill -9}. The pooler's is left behind by an immediate shutdown
 * too; while a process or thread has the number in it, the next pooler fails and with it, over and over, the
 * server.
 *
 * @param file the lock file
 * @param socket the socket that it is for
 * @param port from the name
 * @param owner who made it; {@link PidFile.Postmaster} where the file is whole
 */
public record SocketLock(Path file, Path socket, int port, PidFile owner) {
    private static final Pattern NAME = Pattern.compile("\\.s\\.PG(?:SQL|POOL)\\.([1-9][0-9]{0,4})\\.lock");
    private static final int ENTRIES_AT_MOST = 100_000;
    private static final int LOCKS_AT_MOST = 1000;
    /** Five lines, two of which are paths of at most 1,024 bytes ({@code MAXPGPATH}). */
    private static final int LONGEST = 4096;

    /**
     * Finds lock files in a socket directory, where anybody may have put some.
     *
     * @param directory such as {@code /tmp}; its first 100,000 entries are looked at
     * @param wanted which to keep
     * @return at most 1,000, sorted by port; none also if the directory is not there or cannot be read
     */
    public static List<SocketLock> in(Path directory, Predicate<SocketLock> wanted) {
        List<SocketLock> locks = new ArrayList<>();
        // One that cannot be listed is none in which a server finds sockets either.
        BoundedFiles.system().list(directory, ENTRIES_AT_MOST, file -> {
            Matcher name = NAME.matcher(file.getFileName().toString());
            if (name.matches()) {
                Optional.of(of(file, Integer.parseInt(name.group(1)))).filter(wanted).ifPresent(locks::add);
            }
            return locks.size() < LOCKS_AT_MOST;
        });
        locks.sort(Comparator.comparingInt(SocketLock::port));
        return List.copyOf(locks);
    }

    private static SocketLock of(Path file, int port) {
        String name = file.getFileName().toString();
        Path socket = file.resolveSibling(name.substring(0, name.length() - ".lock".length()));
        FileContent content = FileContent.readUnlinked(file, LONGEST);
        PidFile owner = new PidFile.Absent();
        if (content instanceof FileContent.Content present) {
            owner = PidFile.parsePostmaster(present.text());
        } else if (content instanceof FileContent.Unreadable unreadable) {
            owner = new PidFile.Unreadable(unreadable.reason());
        }
        return new SocketLock(file, socket, port, owner);
    }
}
