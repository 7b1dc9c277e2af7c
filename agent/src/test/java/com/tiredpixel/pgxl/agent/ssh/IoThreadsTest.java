package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

/** A thread that ends between two events, as lack of heap ends it, is one that the JDK does not replace. */
class IoThreadsTest {
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final ThreadFactory factory = task -> {
        var thread = new Thread(task, "io");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((who, what) -> { });
        threads.add(thread);
        return thread;
    };

    @Test
    void whenTheThreadThatWaitsForEventsEndsAnotherTakesOver() throws Exception {
        AsynchronousChannelGroup group = IoThreads.start(factory, new HeapRoom());
        try (var server = echo(group)) {
            for (int i = 0; i < 4; i++) {
                assertEquals(7, answer(server, 5000));
                endWhoWaits(group);
            }
            assertEquals(7, answer(server, 5000));
        } finally {
            group.shutdownNow();
        }
    }

    /** Negative control. */
    @Test
    void withoutThoseThatStandByNothingIsReadEverAgain() throws Exception {
        var group = AsynchronousChannelGroup.withFixedThreadPool(1, factory);
        try (var server = echo(group)) {
            assertEquals(7, answer(server, 5000));
            endWhoWaits(group);
            assertThrows(SocketTimeoutException.class, () -> answer(server, 1000));
        } finally {
            group.shutdownNow();
        }
    }

    private static AsynchronousServerSocketChannel echo(AsynchronousChannelGroup group) throws Exception {
        var server = AsynchronousServerSocketChannel.open(group);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.accept(null, new CompletionHandler<AsynchronousSocketChannel, Void>() {
            @Override
            public void completed(AsynchronousSocketChannel socket, Void attachment) {
                server.accept(null, this);
                socket.write(ByteBuffer.wrap(new byte[] {7}));
            }

            @Override
            public void failed(Throwable e, Void attachment) {
            }
        });
        return server;
    }

    private static int answer(AsynchronousServerSocketChannel server, int millis) throws Exception {
        try (var socket = new Socket()) {
            socket.connect(server.getLocalAddress());
            socket.setSoTimeout(millis);
            return socket.getInputStream().read();
        }
    }

    /** By something else than an event of a connection, which would be lost. */
    private static void wakeUp(AsynchronousChannelGroup group) throws Exception {
        var closed = AsynchronousServerSocketChannel.open(group);
        closed.close();
        closed.accept(null, new CompletionHandler<AsynchronousSocketChannel, Void>() {
            @Override
            public void completed(AsynchronousSocketChannel never, Void attachment) {
            }

            @Override
            public void failed(Throwable e, Void attachment) {
            }
        });
    }

    /** By an error out of nowhere, which later releases of Java do not know any more. */
    @SuppressWarnings({"deprecation", "removal"})
    private void endWhoWaits(AsynchronousChannelGroup group) throws Exception {
        for (int i = 0; i < 100; i++) {
            for (Thread thread : threads) {
                StackTraceElement[] stack = thread.getStackTrace();
                if (stack.length > 0 && stack[0].getMethodName().equals("wait") && stack[0].isNativeMethod()) {
                    try {
                        thread.stop();
                    } catch (UnsupportedOperationException e) {
                        assumeTrue(false, "no thread can be ended from outside");
                    }
                    wakeUp(group);
                    thread.join(5000);
                    return;
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError("no thread waits for events");
    }
}
