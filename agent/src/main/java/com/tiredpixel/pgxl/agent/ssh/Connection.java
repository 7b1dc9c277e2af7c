package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.PropertyResolver;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.nio2.Nio2CompletionHandler;
import org.apache.sshd.common.io.nio2.Nio2DefaultIoWriteFuture;
import org.apache.sshd.common.io.nio2.Nio2Service;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.util.Readable;

/**
 * A connection that takes nothing with it. Whatever goes wrong on the thread of all connections, lack of heap included,
 * closes the socket of this one at most: MINA's own ways to close allocate, and may fail in the middle.
 */
final class Connection extends Nio2Session {
    private final HeapRoom room;
    private final ReadBuffers buffers;
    /** Bytes of the read that is just being dealt with; none of one that has not been yet. */
    private int lastRead;
    private final AtomicBoolean countedOut = new AtomicBoolean();

    Connection(
            Nio2Service service,
            PropertyResolver properties,
            IoHandler handler,
            AsynchronousSocketChannel socket,
            SocketAddress local,
            HeapShare share,
            HeapRoom room)
            throws IOException {
        super(service, properties, handler, socket, local);
        this.room = room;
        this.buffers = new ReadBuffers(share);
    }

    @Override
    public void startReading() {
        startReading(buffers.buffer());
    }

    void loggedIn() {
        buffers.loggedIn();
    }

    /** @return whether this is the first time that it is asked */
    boolean isCountedOutNow() {
        return countedOut.compareAndSet(false, true);
    }

    @Override
    protected void handleReadCycleCompletion(
            ByteBuffer buffer,
            Readable reader,
            Nio2CompletionHandler<Integer, Object> completion,
            Integer result,
            Object attachment) {
        try {
            lastRead = result;
            super.handleReadCycleCompletion(buffer, reader, completion, result, attachment);
        } catch (Throwable e) {
            abandon(e);
        }
    }

    @Override
    protected void doReadCycle(ByteBuffer buffer, Nio2CompletionHandler<Integer, Object> completion) {
        int read = lastRead;
        lastRead = 0;
        if (read > 0 && buffers.adapt(read)) {
            startReading(buffers.buffer());
        } else {
            super.doReadCycle(buffer, completion);
        }
    }

    @Override
    protected void handleReadCycleFailure(ByteBuffer buffer, Readable reader, Throwable problem, Object attachment) {
        try {
            super.handleReadCycleFailure(buffer, reader, problem, attachment);
        } catch (Throwable e) {
            abandon(e);
        }
        room.awaitAfter(problem);
    }

    @Override
    protected void handleCompletedWriteCycle(
            Nio2DefaultIoWriteFuture future,
            AsynchronousSocketChannel socket,
            ByteBuffer buffer,
            int length,
            Nio2CompletionHandler<Integer, Object> completion,
            Integer result,
            Object attachment) {
        try {
            super.handleCompletedWriteCycle(future, socket, buffer, length, completion, result, attachment);
        } catch (Throwable e) {
            abandon(e);
        }
    }

    @Override
    protected void handleWriteCycleFailure(
            Nio2DefaultIoWriteFuture future,
            AsynchronousSocketChannel socket,
            ByteBuffer buffer,
            int length,
            Throwable problem,
            Object attachment) {
        try {
            super.handleWriteCycleFailure(future, socket, buffer, length, problem, attachment);
        } catch (Throwable e) {
            abandon(e);
        }
    }

    @Override
    protected void doCloseImmediately() {
        closeSocket();
        buffers.close();
        super.doCloseImmediately();
    }

    /** Allocates nothing before there is room. */
    private void abandon(Throwable reason) {
        closeSocket();
        room.awaitAfter(reason);
        try {
            close(true);
            // Once more, if a first attempt failed half-way.
            getService().sessionClosed(this);
        } catch (Throwable e) {
            // The socket is closed, and the next connection has its turn.
        }
    }

    private void closeSocket() {
        try {
            getSocket().close();
        } catch (Throwable e) {
            // There is nothing left to do for it.
        }
    }
}
