package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import com.tiredpixel.pgxl.agent.os.Lane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One server's log files: which there are, and how far each has been read. For the follower's thread, which waits for a disk
 * that does not answer only so long.
 */
final class FollowedServer implements ServerLogs.Following {
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final int MOST_FILES = 8;
    private static final int MOST_REMEMBERED = 10_000;

    private final ServerLogs.Files files;
    private final EventLog log;
    private final String subject;
    private final LineAssembler assembler;
    private final Runnable wake;
    private final Lane lane;
    private final Map<Path, FollowedFile> open = new LinkedHashMap<>();
    private final Map<Path, Long> sizesAtFirst = new HashMap<>();
    private final Set<String> complaints = new HashSet<>();
    private volatile boolean ending;

    /** Notes how long the files are: only what comes after this is news. */
    FollowedServer(
            String subject,
            ServerLogs.Files files,
            ServerLines lines,
            EventLog log,
            MonotonicClock clock,
            DiskThreads disk,
            Runnable wake) {
        this.subject = subject;
        this.files = files;
        this.log = log;
        this.wake = wake;
        this.assembler = new LineAssembler(subject, lines, clock);
        this.lane = new Lane(disk, clock, wake);
        files.current(this::complain).forEach(this::noteSize);
        for (Path directory : files.directories()) {
            BoundedFiles.system().list(directory, MOST_REMEMBERED, entry -> {
                noteSize(entry);
                return sizesAtFirst.size() < MOST_REMEMBERED;
            });
        }
    }

    private void noteSize(Path file) {
        try {
            sizesAtFirst.put(file, Files.size(file));
        } catch (IOException notThereYet) {
            sizesAtFirst.remove(file);
        }
    }

    @Override
    public List<String> tail() {
        return assembler.tail();
    }

    @Override
    public void end() {
        ending = true;
        wake.run();
    }

    boolean isEnding() {
        return ending;
    }

    /** @return whether anything came; not if the files do not answer */
    boolean look() {
        return lane.ask(PATIENCE, this::lookNow).orElse(false);
    }

    private boolean lookNow() {
        boolean moved = false;
        List<Path> current = files.current(this::complain);
        for (Path path : current) {
            if (!open.containsKey(path) && open.size() < MOST_FILES) {
                begin(path);
            }
        }
        for (Path path : List.copyOf(open.keySet())) {
            FollowedFile file = open.get(path);
            try {
                moved |= file.read(assembler);
            } catch (IOException e) {
                complain(path, e);
            }
            if (!current.contains(path)) {
                assembler.finish();
                file.close();
                open.remove(path);
            }
        }
        if (!moved) {
            assembler.pause();
        }
        return moved;
    }

    private void begin(Path path) {
        try {
            FollowedFile.open(path, files, real -> sizeAtFirst(path, real)).ifPresent(file -> open.put(path, file));
        } catch (IOException e) {
            complain(path, e);
        }
    }

    /**
     * A link such as {@code /proc/7/fd/2} may lead to a log only when the server has opened it, and the log may be old. Asked
     * for once: should the file be removed and made anew, all of it is news.
     */
    private long sizeAtFirst(Path path, Path real) {
        Long byName = sizesAtFirst.remove(path);
        Long byRealName = sizesAtFirst.remove(real);
        return byName != null ? byName : byRealName != null ? byRealName : 0;
    }

    private void complain(Path path, IOException e) {
        complain("does not follow its log " + path + ": " + e.getMessage());
    }

    /** Once of each, and of a few: files that cannot be followed are met again at each look. */
    private void complain(String problem) {
        if (complaints.size() < MOST_FILES && complaints.add(problem)) {
            log.warn(subject, problem);
        }
    }

    /** @return whether it is done; not if the files do not answer */
    boolean close() {
        return lane.ask(PATIENCE, () -> {
            open.values().forEach(FollowedFile::close);
            open.clear();
            assembler.finish();
            return true;
        }).isPresent();
    }
}
