package com.tiredpixel.pgxl.agent.node;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

    /**
     * Finds the lock files in a socket directory.
     *
     * @param directory such as {@code /tmp}; its first 100,000 entries are looked at
     * @return sorted by port; empty also if the directory is not there or cannot be read
     */
    public static List<SocketLock> in(Path directory) {
        List<SocketLock> locks = new ArrayList<>();
        int entries = 0;
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path file : stream) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    locks.add(of(file, Integer.parseInt(name.group(1))));
                }
                if (++entries >= ENTRIES_AT_MOST) {
                    break;
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            // Then no server finds sockets there either.
        }
        locks.sort(Comparator.comparingInt(SocketLock::port));
        return List.copyOf(locks);
    }

    private static SocketLock of(Path file, int port) {
        String name = file.getFileName().toString();
        Path socket = file.resolveSibling(name.substring(0, name.length() - ".lock".length()));
        FileContent content = FileContent.read(file, FileContent.SMALL);
        PidFile owner = new PidFile.Absent();
        if (content instanceof FileContent.Content present) {
            owner = PidFile.parsePostmaster(present.text());
        } else if (content instanceof FileContent.Unreadable unreadable) {
            owner = new PidFile.Unreadable(unreadable.reason());
        }
        return new SocketLock(file, socket, port, owner);
    }
}
