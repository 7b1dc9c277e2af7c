package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The one way to read what others may have put there: files and directories of the volume, of {@code /tmp} and of
 * {@code /proc}. To open one never waits, neither for the other end of a FIFO nor for the holder of a lease; it is looked
 * at by its descriptor, so nobody can put another thing in its place between the look and the reading; and whoever
 * reads says how much at most. What a file says of its size counts for nothing: a sparse one has a terabyte, one of
 * {@code /proc} has none.
 *
 * <p>A file system that does not answer makes any call wait: for that there are {@link DiskThreads}.
 */
public final class BoundedFiles {
    private static final int OPEN = Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY | Libc.O_CLOEXEC;

    private final Libc libc;
    private final TransferBuffers buffers = new TransferBuffers();

    /** Initialised at its first use. */
    private static final class OfSystem {
        private static final BoundedFiles FILES = new BoundedFiles(Libc.load());
    }

    /** @param libc the C library; tests have one that fails */
    BoundedFiles(Libc libc) {
        this.libc = libc;
    }

    /** @return the one of this process */
    public static BoundedFiles system() {
        return OfSystem.FILES;
    }

    /**
     * Reads a regular file, or what a link to one leads to.
     *
     * @param limit bytes to read at most
     */
    public FileRead read(Path file, int limit) {
        return read(open(file, 0), limit);
    }

    /** As {@link #read}, where a symbolic link would be somebody else's work. */
    public FileRead readUnlinked(Path file, int limit) {
        return read(open(file, Architecture.current().noFollowFlag()), limit);
    }

    private FileRead read(OpenFile.Attempt attempt, int limit) {
        if (attempt instanceof OpenFile.Attempt.Refused refused) {
            return refused.why();
        }
        try (OpenFile file = ((OpenFile.Attempt.Opened) attempt).file()) {
            return file.readAll(limit);
        }
    }

    /** Opens a regular file, or what a link to one leads to. */
    public OpenFile.Attempt open(Path file) {
        return open(file, 0);
    }

    /**
     * Opens a regular file, or what a link to one leads to, to be read piece by piece.
     *
     * @throws IOException with a lower-case sentence that names the path and says why not
     */
    public InputStream stream(Path file) throws IOException {
        OpenFile.Attempt attempt = open(file);
        if (attempt instanceof OpenFile.Attempt.Refused refused) {
            throw new IOException(refused.why().problem(file));
        }
        return ((OpenFile.Attempt.Opened) attempt).file().stream();
    }

    private OpenFile.Attempt open(Path file, int more) {
        byte[] path = NativeStrings.terminated(NativeStrings.path(file));
        int descriptor = retried(path, OPEN | more);
        if (descriptor < 0) {
            return new OpenFile.Attempt.Refused(refusal(path, descriptor, more != 0));
        }
        byte[] stat = new byte[FileStatus.BYTES];
        int result = libc.fstat(descriptor, stat);
        FileStatus status = FileStatus.parse(stat);
        if (result == 0 && status.isRegular()) {
            return new OpenFile.Attempt.Opened(new OpenFile(libc, buffers, descriptor, status));
        }
        libc.close(descriptor);
        return new OpenFile.Attempt.Refused(result == 0
                ? new FileRead.NotRegular(status.kind())
                : new FileRead.Unreadable(Errno.describe(result)));
    }

    private int retried(byte[] path, int flags) {
        int descriptor;
        do {
            descriptor = libc.open(path, flags);
        } while (Errno.EINTR.is(descriptor));
        return descriptor;
    }

    /** A socket answers ENXIO; a link that is not to be followed ELOOP, as a loop of links does; one to nothing ENOENT. */
    private FileRead refusal(byte[] path, int error, boolean unlinked) {
        boolean absent = Errno.ENOENT.is(error);
        if (absent || unlinked || Errno.ENXIO.is(error)) {
            boolean link = absent || unlinked;
            Optional<FileStatus> there = look(path, link ? Architecture.current().noFollowFlag() : 0);
            if (there.isEmpty() && absent) {
                return new FileRead.Absent();
            }
            if (there.isPresent() && absent) {
                return new FileRead.NotRegular(there.get().kind() + " to nothing");
            }
            if (there.isPresent() && !there.get().isRegular()) {
                return new FileRead.NotRegular(there.get().kind());
            }
        }
        return new FileRead.Unreadable(Errno.describe(error));
    }

    /** With O_PATH nothing is opened but the name. */
    private Optional<FileStatus> look(byte[] path, int more) {
        int descriptor = retried(path, Libc.O_PATH | Libc.O_CLOEXEC | more);
        if (descriptor < 0) {
            return Optional.empty();
        }
        byte[] stat = new byte[FileStatus.BYTES];
        int result = libc.fstat(descriptor, stat);
        libc.close(descriptor);
        return result == 0 ? Optional.of(FileStatus.parse(stat)) : Optional.empty();
    }

    /** @return whether there is anything of this name, be it a link to nothing; no exception is made to find out */
    public boolean isThere(Path path) {
        return look(NativeStrings.terminated(NativeStrings.path(path)), Architecture.current().noFollowFlag()).isPresent();
    }

    /**
     * Reads a small file of {@code /proc} by one read, because these tell all they have to the first one.
     *
     * @return as many bytes as there were, at most the limit; empty if there is no such process or it may not be read
     */
    Optional<byte[]> readOnce(String file, int limit) {
        int descriptor = retried(NativeStrings.terminated(NativeStrings.text(file)), OPEN);
        if (descriptor < 0) {
            return Optional.empty();
        }
        ByteBuffer buffer = buffers.take();
        try {
            long count;
            do {
                count = libc.read(descriptor, buffer, Math.min(limit, TransferBuffers.BYTES));
            } while (Errno.EINTR.is(count));
            if (count < 0) {
                return Optional.empty();
            }
            byte[] bytes = new byte[(int) count];
            buffer.get(0, bytes);
            return Optional.of(bytes);
        } finally {
            buffers.give(buffer);
            libc.close(descriptor);
        }
    }

    /**
     * Shows the entries of a directory, in no order. The JDK's own stream opens whatever has the name, and at a FIFO
     * waits for its other end; so it is given the open directory.
     *
     * @param directory may be reached by links
     * @param most entries to show
     * @param visitor told of each; whether it wants more
     */
    public Listing list(Path directory, int most, Predicate<Path> visitor) {
        byte[] path = NativeStrings.terminated(NativeStrings.path(directory));
        int descriptor = retried(path, OPEN | Architecture.current().directoryFlag());
        if (descriptor < 0) {
            return Errno.ENOENT.is(descriptor) || Errno.ENOTDIR.is(descriptor)
                    ? new Listing.NoDirectory()
                    : new Listing.Unreadable(Errno.describe(descriptor));
        }
        int shown = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/self/fd/" + descriptor))) {
            for (Path entry : entries) {
                if (shown++ >= most || !visitor.test(directory.resolve(entry.getFileName()))) {
                    return new Listing.Listed(false);
                }
            }
            return new Listing.Listed(true);
        } catch (IOException | DirectoryIteratorException e) {
            return new Listing.Unreadable(String.valueOf(e.getMessage()));
        } finally {
            libc.close(descriptor);
        }
    }

    /**
     * The entries of a directory that is not large.
     *
     * @param most of them
     * @return in no order; none if there is no such directory
     * @throws IOException if it cannot be listed, or has more
     */
    public List<Path> entries(Path directory, int most) throws IOException {
        List<Path> entries = new ArrayList<>();
        Listing listing = list(directory, most, entries::add);
        if (listing instanceof Listing.Unreadable unreadable) {
            throw new IOException("cannot list " + directory + ": " + unreadable.error());
        }
        if (listing instanceof Listing.Listed listed && !listed.whole()) {
            throw new IOException(directory + " has more than " + most + " entries");
        }
        return entries;
    }

    /** Has the names in a directory written to the disk: without it a crash of the machine can lose a new one. */
    public void syncDirectory(Path directory) throws IOException {
        byte[] path = NativeStrings.terminated(NativeStrings.path(directory));
        int descriptor = retried(path, OPEN | Architecture.current().directoryFlag());
        int result = descriptor < 0 ? descriptor : libc.fsync(descriptor);
        if (descriptor >= 0) {
            libc.close(descriptor);
        }
        // Some file systems cannot sync a directory at all; PostgreSQL lets that pass too (fsync_fname_ext).
        if (result < 0 && !Errno.EINVAL.is(result)) {
            throw new IOException("cannot sync directory " + directory + ": " + Errno.describe(result));
        }
    }
}
