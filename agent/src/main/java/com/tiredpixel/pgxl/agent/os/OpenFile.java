package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A regular file that is open for reading, whatever becomes of its name. For one thread at a time. */
public final class OpenFile implements AutoCloseable {
    private static final int AT_FIRST = 4096;

    private final Libc libc;
    private final TransferBuffers buffers;
    private final int descriptor;
    private final FileStatus statusAtFirst;
    private boolean closed;

    /** What came of {@link BoundedFiles#open}. */
    public sealed interface Attempt {

        /** @param file to be closed by whoever asked for it */
        record Opened(OpenFile file) implements Attempt {
        }

        /** @param why there is no open file: absent, not regular or unreadable */
        record Refused(FileRead why) implements Attempt {
        }
    }

    OpenFile(Libc libc, TransferBuffers buffers, int descriptor, FileStatus statusAtFirst) {
        this.libc = libc;
        this.buffers = buffers;
        this.descriptor = descriptor;
        this.statusAtFirst = statusAtFirst;
    }

    /** @return what it was when it was opened; its size may be another since */
    public FileStatus statusAtFirst() {
        return statusAtFirst;
    }

    /** @return its size now */
    public long size() throws IOException {
        byte[] stat = new byte[FileStatus.BYTES];
        check(libc.fstat(descriptor, stat), "look at");
        return FileStatus.parse(stat).size();
    }

    /** @return its path without links, as the kernel knows it; one that is removed has {@code " (deleted)"} behind it */
    public Path path() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
    }

    /** @return its bytes from the first to what is the end when it is reached; closing the stream closes the file */
    public InputStream stream() {
        return new InputStream() {
            private long position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 1 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                byte[] piece = new byte[Math.min(length, TransferBuffers.BYTES)];
                int count = OpenFile.this.read(piece, position);
                System.arraycopy(piece, 0, bytes, offset, count);
                position += count;
                return count == 0 ? -1 : count;
            }

            @Override
            public void close() {
                OpenFile.this.close();
            }
        };
    }

    /**
     * Reads what lies at a position, at most as much as the array holds.
     *
     * @return count of bytes; 0 at the end
     */
    public int read(byte[] into, long position) throws IOException {
        long count = read(into, 0, into.length, position);
        check(count, "read");
        return (int) count;
    }

    /**
     * Reads it from its beginning.
     *
     * @param limit bytes to read at most
     * @return content, too long or unreadable
     */
    public FileRead readAll(int limit) {
        byte[] bytes = new byte[Math.min(limit + 1, AT_FIRST)];
        int total = 0;
        while (total <= limit) {
            if (total == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(limit + 1, 4 * total));
            }
            long count = read(bytes, total, bytes.length - total, total);
            if (count < 0) {
                return new FileRead.Unreadable(Errno.describe(count));
            }
            if (count == 0) {
                return new FileRead.Content(Arrays.copyOf(bytes, total), statusAtFirst);
            }
            total += (int) count;
        }
        return new FileRead.TooLong(Arrays.copyOf(bytes, limit), statusAtFirst);
    }

    private long read(byte[] into, int offset, int length, long position) {
        ByteBuffer buffer = buffers.take();
        try {
            long count;
            do {
                count = libc.pread(descriptor, buffer, Math.min(length, TransferBuffers.BYTES), position);
            } while (Errno.EINTR.is(count));
            if (count > 0) {
                buffer.get(0, into, offset, (int) count);
            }
            return count;
        } finally {
            buffers.give(buffer);
        }
    }

    private static void check(long result, String what) throws IOException {
        if (result < 0) {
            throw new IOException("cannot " + what + " it: " + Errno.describe(result));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            libc.close(descriptor);
        }
    }
}
