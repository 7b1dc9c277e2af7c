package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/**
 * The thread that reads and writes all connections, and some that stand by. The JDK replaces a thread that a handler
 * ended, and not one that ends in its own work between two of them, for lack of heap: then nothing would be read or
 * accepted ever again. In that case one that stands by takes over, as soon as the heap has room.
 */
final class IoThreads {
    /**
     * In a group of more the JDK wakes up a second thread for each event, to wait for the next one: twice the context
     * switches. Handshakes thus take one core at most, and leave the others to the servers.
     */
    private static final int AT_WORK = 1;
    private static final int STANDING_BY = 4;

    private final HeapRoom room;
    /** One for each thread that has ended. */
    private final Semaphore ended = new Semaphore(0);

    private IoThreads(HeapRoom room) {
        this.room = room;
    }

    /**
     * @param threads names them
     * @param room to wait for
     */
    static AsynchronousChannelGroup start(ThreadFactory threads, HeapRoom room) throws IOException {
        var io = new IoThreads(room);
        var group = AsynchronousChannelGroup.withFixedThreadPool(
                AT_WORK + STANDING_BY, task -> threads.newThread(() -> io.run(task)));
        for (int i = 0; i < STANDING_BY; i++) {
            io.occupyOne(group);
        }
        return group;
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            ended.release();
        }
    }

    /** Whatever is asked of a closed channel fails at once, and a thread of the group is told so: it stays with it. */
    private void occupyOne(AsynchronousChannelGroup group) throws IOException {
        AsynchronousServerSocketChannel closed = AsynchronousServerSocketChannel.open(group);
        closed.close();
        closed.accept(null, new StandBy());
    }

    private final class StandBy implements CompletionHandler<AsynchronousSocketChannel, Void> {
        @Override
        public void completed(AsynchronousSocketChannel never, Void attachment) {
            throw new IllegalStateException("a closed channel accepted a connection");
        }

        /** Returning means to take part in the work. */
        @Override
        public void failed(Throwable closed, Void attachment) {
            ended.acquireUninterruptibly();
            room.await();
        }
    }
}
