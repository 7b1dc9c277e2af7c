package com.tiredpixel.pgxl.agent.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/** One file that grows, may be cut to nothing, or may be replaced by another of its name. */
final class FollowedFile {
    /** Read at one look; the next look is soon. */
    private static final int MOST_AT_ONCE = 1024 * 1024;
    /** Further behind than this, the beginning is left out. */
    private static final int MOST_BEHIND = 8 * 1024 * 1024;

    private final Path path;
    private final ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
    private FileChannel channel;
    private Object identity;
    private long position;

    private FollowedFile(Path path, FileChannel channel, Object identity, long position) {
        this.path = path;
        this.channel = channel;
        this.identity = identity;
        this.position = position;
    }

    /**
     * Opens a regular file; to open anything else might wait for ever.
     *
     * @param from where to begin, if the file is so long
     * @return nothing if there is no such file now
     */
    static Optional<FollowedFile> open(Path path, long from) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return Optional.empty();
            }
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return Optional.of(new FollowedFile(
                    path, channel, attributes.fileKey(), from <= attributes.size() ? from : 0));
        } catch (NoSuchFileException notThere) {
            return Optional.empty();
        }
    }

    /** @return whether anything came */
    boolean read(LineAssembler assembler) throws IOException {
        boolean moved = drain(assembler);
        Optional<FollowedFile> successor = successor();
        if (successor.isPresent()) {
            drain(assembler);
            assembler.finish();
            channel.close();
            channel = successor.get().channel;
            identity = successor.get().identity;
            position = 0;
            moved |= drain(assembler);
        }
        return moved;
    }

    private boolean drain(LineAssembler assembler) throws IOException {
        long size = channel.size();
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
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
            int count = channel.read(buffer, position);
            if (count <= 0) {
                break;
            }
            position += count;
            assembler.take(buffer.array(), count);
        }
        return moved;
    }

    /** A file of the same name that is another one; none while the name is missing. */
    private Optional<FollowedFile> successor() throws IOException {
        try {
            Object now = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            return Objects.equals(now, identity) ? Optional.empty() : open(path, 0);
        } catch (NoSuchFileException removed) {
            return Optional.empty();
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It was open for reading only.
            return;
        }
    }
}
