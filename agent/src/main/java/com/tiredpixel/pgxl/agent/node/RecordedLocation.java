package com.tiredpixel.pgxl.agent.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether the files in a directory were written for this directory, or came here with a copy: the options file
 * and the pid file hold the path as it was at the last start.
 */
sealed interface RecordedLocation {

    /** A file says that the server was started in this very directory. */
    record Proven() implements RecordedLocation {
    }

    /** No file says where: after {@code pg_ctl restart} and a clean stop, or with a relative path. */
    record Unsaid() implements RecordedLocation {
    }

    /** What the files say is another directory, or none that exists. */
    record Elsewhere(String file, String path) implements RecordedLocation {
    }

    /** One file says here, the other elsewhere: parts of two directories. */
    record Mixed(String here, String elsewhere, String path) implements RecordedLocation {
    }

    /**
     * @param directory the directory in question
     * @param options name of the options file, with the value of its {@code -D}
     * @param pidFile name of the pid file, with its second line
     */
    static RecordedLocation of(Path directory, Said options, Said pidFile) {
        RecordedLocation byOptions = judge(directory, options);
        RecordedLocation byPidFile = judge(directory, pidFile);
        if (byOptions instanceof Proven && byPidFile instanceof Elsewhere other) {
            return new Mixed(options.file(), other.file(), other.path());
        }
        if (byPidFile instanceof Proven && byOptions instanceof Elsewhere other) {
            // The pid file holds an absolute path in any case; a relative one is a hint beside it.
            return !other.path().startsWith("/") ? byPidFile : new Mixed(pidFile.file(), other.file(), other.path());
        }
        if (byOptions instanceof Elsewhere || byPidFile instanceof Unsaid) {
            return byOptions;
        }
        return byPidFile;
    }

    /** A file, and the path in it. */
    record Said(String file, Optional<String> path) {
    }

    private static RecordedLocation judge(Path directory, Said said) {
        if (said.path().isEmpty()) {
            return new Unsaid();
        }
        String text = said.path().get();
        try {
            Path path = Path.of(text);
            boolean fits = path.isAbsolute() ? isSame(path, directory) : endsAlike(path.normalize(), directory);
            if (fits) {
                return path.isAbsolute() ? new Proven() : new Unsaid();
            }
        } catch (InvalidPathException notAPath) {
            // Then it is not this one.
        }
        return new Elsewhere(said.file(), text);
    }

    /** By device and inode: links and bind mounts make many paths of one directory. */
    private static boolean isSame(Path path, Path directory) {
        try {
            return Files.isSameFile(path, directory);
        } catch (IOException notThere) {
            return false;
        }
    }

    /** A relative path was relative to a working directory that nobody wrote down: only its end can tell. */
    private static boolean endsAlike(Path relative, Path directory) {
        Path end = relative;
        while (end.getNameCount() > 1 && end.startsWith("..")) {
            end = end.subpath(1, end.getNameCount());
        }
        boolean saysNothing = end.toString().isEmpty() || end.equals(Path.of("..")) || end.equals(Path.of("."));
        return saysNothing || directory.endsWith(end);
    }
}
