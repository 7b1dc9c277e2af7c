package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The log file that was written last: before PostgreSQL 10 the collector says nowhere which one it writes. The files are
 * looked through when their directory has changed, as it does with each new one, and every so often besides, because a
 * collector may also begin one anew that is there.
 */
final class NewestLog {
    private static final int MOST_LOOKED_AT = 10_000;
    private static final int LOOKS_BETWEEN = 32;

    private final Supplier<Optional<Path>> directory;
    private final Predicate<String> isLog;
    private Optional<Path> known = Optional.empty();
    private Path listed;
    private FileTime listedAt;
    private int looks;

    /**
     * @param directory asks where the logs are, if there are any
     * @param isLog whether a file of this name is one
     */
    NewestLog(Supplier<Optional<Path>> directory, Predicate<String> isLog) {
        this.directory = directory;
        this.isLog = isLog;
    }

    Optional<Path> find() {
        if (looks++ % LOOKS_BETWEEN != 0 && known.isPresent() && changed(listed).equals(listedAt)) {
            return known;
        }
        listed = directory.get().orElse(null);
        // Before the look: what comes in the middle of it is seen the next time.
        listedAt = listed == null ? null : changed(listed);
        known = listed == null ? Optional.empty() : newest(listed);
        return known;
    }

    private Optional<Path> newest(Path logs) {
        Path[] newest = new Path[1];
        FileTime[] time = {FileTime.fromMillis(Long.MIN_VALUE)};
        BoundedFiles.system().list(logs, MOST_LOOKED_AT, entry -> {
            FileTime written = changed(entry);
            if (isLog.test(entry.getFileName().toString()) && written.compareTo(time[0]) > 0) {
                newest[0] = entry;
                time[0] = written;
            }
            return true;
        });
        return Optional.ofNullable(newest[0]);
    }

    private static FileTime changed(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException notThere) {
            return FileTime.fromMillis(0);
        }
    }
}
