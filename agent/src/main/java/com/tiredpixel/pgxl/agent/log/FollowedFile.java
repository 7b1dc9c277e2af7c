package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.FileRead;
import com.tiredpixel.pgxl.agent.os.FileStatus;
import com.tiredpixel.pgxl.agent.os.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** One file that grows, may be cut to nothing, or may be replaced by another of its name. */
final class FollowedFile {
    /** Read at one look; the next look is soon. */
    private static final int MOST_AT_ONCE = 1024 * 1024;
    /** Further behind than this, the beginning is left out. */
    private static final int MOST_BEHIND = 8 * 1024 * 1024;

    private final Path path;
    private final ServerLogs.Files rules;
    private final byte[] buffer = new byte[16 * 1024];
    private OpenFile file;
    private long position;

    private FollowedFile(Path path, ServerLogs.Files rules, OpenFile file, long position) {
        this.path = path;
        this.rules = rules;
        this.file = file;
        this.position = position;
    }

    /**
     * Opens a log file.
     *
     * @param rules say which file is one
     * @param from of the file's own path: where to begin, if the file is so long
     * @return nothing if there is no such file now
     * @throws IOException with a lower-case phrase that says why what is there is not followed
     */
    static Optional<FollowedFile> open(Path path, ServerLogs.Files rules, ToLongFunction<Path> from) throws IOException {
        OpenFile.Attempt attempt = BoundedFiles.system().open(path);
        if (attempt instanceof OpenFile.Attempt.Refused refused) {
            if (refused.why() instanceof FileRead.Absent) {
                return Optional.empty();
            }
            throw new IOException(refused.why().problem("it"));
        }
        OpenFile file = ((OpenFile.Attempt.Opened) attempt).file();
        Optional<String> objection = Optional.of("it cannot be looked at");
        try {
            objection = rules.objection(path, file);
        } finally {
            if (objection.isPresent()) {
                file.close();
            }
        }
        if (objection.isPresent()) {
            throw new IOException(objection.get());
        }
        long begin = from.applyAsLong(file.path());
        return Optional.of(new FollowedFile(path, rules, file, begin <= file.statusAtFirst().size() ? begin : 0));
    }

    /**
     * @return whether anything came
     * @throws IOException if the file cannot be read, or another of its name is not to be followed; that one is asked for
     *     again at the next call, and this one goes on
     */
    boolean read(LineAssembler assembler) throws IOException {
        boolean moved = false;
        IOException failure = null;
        try {
            moved = drain(assembler);
        } catch (IOException e) {
            failure = e;
        }
        Optional<FollowedFile> successor = successor();
        if (successor.isPresent()) {
            moved |= failure == null && drain(assembler);
            assembler.finish();
            file.close();
            file = successor.get().file;
            position = 0;
            return moved | drain(assembler);
        }
        if (failure != null) {
            throw failure;
        }
        return moved;
    }

    private boolean drain(LineAssembler assembler) throws IOException {
        long size = file.size();
        if (size < position) {
            assembler.finish();
            position = 0;
        }
        if (size - position > MOST_BEHIND) {
            long skipped = size - position - MOST_AT_ONCE;
            assembler.finish();
            assembler.remark("[… " + skipped + " bytes left out, written faster than they can be printed]");
            position += skipped;
        }
        long end = Math.min(size, position + MOST_AT_ONCE);
        boolean moved = position < end;
        while (position < end) {
            int count = (int) Math.min(file.read(buffer, position), end - position);
            if (count <= 0) {
                break;
            }
            position += count;
            assembler.take(buffer, count);
        }
        return moved;
    }

    /** A file of the same name that is another one; none while the name is missing. */
    private Optional<FollowedFile> successor() throws IOException {
        try {
            Map<String, Object> now = Files.readAttributes(path, "unix:dev,ino");
            FileStatus own = file.statusAtFirst();
            boolean same = now.get("dev").equals(own.device()) && now.get("ino").equals(own.inode());
            return same ? Optional.empty() : open(path, rules, anew -> 0);
        } catch (NoSuchFileException removed) {
            return Optional.empty();
        }
    }

    void close() {
        file.close();
    }
}
