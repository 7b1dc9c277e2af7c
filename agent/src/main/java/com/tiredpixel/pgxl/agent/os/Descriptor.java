package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Our end of a pipe or terminal. The descriptor is non-blocking, so that every wait is a {@code poll} on it
 * and on an eventfd with which {@link #close} ends that wait. The number is given back to the kernel by the
 * last user to leave: a reader never reads from a number that has a new owner.
 */
final class Descriptor implements AutoCloseable {
    private final Libc libc;
    private final TransferBuffers buffers;
    private final int number;
    private final int closing;
    private int users;
    private boolean closed;

    private Descriptor(Libc libc, TransferBuffers buffers, int number, int closing) {
        this.libc = libc;
        this.buffers = buffers;
        this.number = number;
        this.closing = closing;
    }

    /**
     * @param number close-on-exec; becomes non-blocking and is owned from now on, also in case of failure
     * @throws IOException if the kernel has no descriptor for the eventfd
     */
    static Descriptor own(Libc libc, TransferBuffers buffers, int number) throws IOException {
        int closing = -1;
        boolean owned = false;
        try {
            closing = libc.eventfd(0, Libc.O_CLOEXEC | Libc.O_NONBLOCK);
            int result = closing < 0 ? closing : libc.fcntl(number, Libc.F_SETFL, Libc.O_NONBLOCK);
            if (result < 0) {
                throw new IOException("cannot prepare descriptor " + number + ": " + Errno.describe(result));
            }
            var descriptor = new Descriptor(libc, buffers, number, closing);
            owned = true;
            return descriptor;
        } finally {
            if (!owned) {
                libc.close(number);
                if (closing >= 0) {
                    libc.close(closing);
                }
            }
        }
    }

    /** @return count of bytes, at least 1 unless {@code length} is 0; -1 at the end of a pipe or terminal */
    int read(byte[] bytes, int offset, int length) throws IOException {
        enter();
        try {
            while (true) {
                long count = readAvailable(bytes, offset, length);
                if (count > 0 || length == 0) {
                    return (int) count;
                }
                // A master of a terminal has no end of file: it has EIO once no one holds the slave.
                if (count == 0 || Errno.EIO.is(count)) {
                    return -1;
                }
                retryOrThrow(count, Libc.POLLIN, "read");
            }
        } finally {
            leave();
        }
    }

    private long readAvailable(byte[] bytes, int offset, int length) {
        ByteBuffer buffer = buffers.take();
        try {
            long count = libc.read(number, buffer, Math.min(length, TransferBuffers.BYTES));
            if (count > 0) {
                buffer.get(0, bytes, offset, (int) count);
            }
            return count;
        } finally {
            buffers.give(buffer);
        }
    }

    /** Writes all of it; a failure may leave a part written. */
    void write(byte[] bytes, int offset, int length) throws IOException {
        enter();
        try {
            int done = 0;
            while (done < length) {
                long count = writeAcceptable(bytes, offset + done, length - done);
                if (count >= 0) {
                    done += (int) count;
                } else {
                    retryOrThrow(count, Libc.POLLOUT, "write");
                }
            }
        } finally {
            leave();
        }
    }

    /** Writes what is taken without a wait, and returns how much that was. */
    int writeReady(byte[] bytes, int offset, int length) throws IOException {
        enter();
        try {
            long count = writeAcceptable(bytes, offset, length);
            if (count < 0 && !Errno.EAGAIN.is(count) && !Errno.EINTR.is(count)) {
                throw new IOException("write on descriptor " + number + " failed: " + Errno.describe(count));
            }
            return (int) Math.max(0, count);
        } finally {
            leave();
        }
    }

    private long writeAcceptable(byte[] bytes, int offset, int length) {
        ByteBuffer buffer = buffers.take();
        try {
            int count = Math.min(length, TransferBuffers.BYTES);
            buffer.put(0, bytes, offset, count);
            return libc.write(number, buffer, count);
        } finally {
            buffers.give(buffer);
        }
    }

    /** @return bytes that can be read without a wait */
    int available() throws IOException {
        byte[] count = new byte[Integer.BYTES];
        control(Libc.FIONREAD, count);
        return ByteBuffer.wrap(count).order(ByteOrder.nativeOrder()).getInt();
    }

    /** {@code ioctl(2)}. */
    void control(long request, byte[] argument) throws IOException {
        enter();
        try {
            int result = libc.ioctl(number, request, argument);
            if (result < 0) {
                throw new IOException("ioctl on descriptor " + number + " failed: " + Errno.describe(result));
            }
        } finally {
            leave();
        }
    }

    private void retryOrThrow(long error, short events, String what) throws IOException {
        if (Errno.EAGAIN.is(error)) {
            awaitReady(events);
        } else if (!Errno.EINTR.is(error)) {
            throw new IOException(what + " on descriptor " + number + " failed: " + Errno.describe(error));
        }
    }

    private void awaitReady(short events) throws IOException {
        long wanted = Integer.toUnsignedLong(number) | (long) events << 32;
        long closed = Integer.toUnsignedLong(closing) | (long) Libc.POLLIN << 32;
        long[] either = {wanted, closed};
        int ready = libc.poll(either, -1);
        if (ready < 0 && !Errno.EINTR.is(ready)) {
            throw new IOException("poll of descriptor " + number + " failed: " + Errno.describe(ready));
        }
        requireOpen();
    }

    private synchronized void enter() throws IOException {
        requireOpen();
        users++;
    }

    private synchronized void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("stream closed");
        }
    }

    private synchronized void leave() {
        users--;
        releaseIfLast();
    }

    /** Ends all waits of others; they throw. Does not wait itself. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (users > 0) {
            libc.write(closing, buffers.one, Long.BYTES);
        }
        releaseIfLast();
    }

    private void releaseIfLast() {
        if (closed && users == 0) {
            libc.close(number);
            libc.close(closing);
        }
    }
}
