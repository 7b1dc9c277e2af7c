package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A group of one thread, as the SSH server has it. */
class IoPulseTest {
    private final AtomicReference<Duration> now = new AtomicReference<>(Duration.ofSeconds(1000));
    private final AsynchronousChannelGroup group;
    private final IoPulse pulse;

    IoPulseTest() throws IOException {
        group = AsynchronousChannelGroup.withFixedThreadPool(1, task -> {
            Thread thread = new Thread(task, "io");
            thread.setDaemon(true);
            return thread;
        });
        pulse = new IoPulse(group, now::get);
    }

    @AfterEach
    void close() throws IOException {
        group.shutdownNow();
    }

    private void pass(long seconds) {
        now.updateAndGet(before -> before.plusSeconds(seconds));
    }

    /** Keeps the thread busy until the latch is open. */
    private void hang(CountDownLatch latch) throws Exception {
        var begun = new CountDownLatch(1);
        AsynchronousSocketChannel channel = AsynchronousSocketChannel.open(group);
        channel.close();
        channel.read(ByteBuffer.allocate(1), null, new CompletionHandler<Integer, Void>() {
            @Override
            public void completed(Integer count, Void nothing) {
            }

            @Override
            public void failed(Throwable closed, Void nothing) {
                begun.countDown();
                try {
                    latch.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        assertTrue(begun.await(20, TimeUnit.SECONDS));
    }

    private void awaitAnswer() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!pulse.silence().isZero()) {
            assertTrue(System.nanoTime() < end, "it turns");
            Thread.sleep(2);
        }
    }

    @Test
    void aThreadThatTurnsOwesNothingHoweverLongNobodyAsks() throws Exception {
        for (int i = 0; i < 50; i++) {
            awaitAnswer();
            pass(1000);
        }
    }

    @Test
    void aThreadThatHangsIsFoundOutByTheQuestionAfterTheFirst() throws Exception {
        var latch = new CountDownLatch(1);
        hang(latch);
        assertEquals(Duration.ZERO, pulse.silence());
        pass(31);
        assertEquals(Duration.ofSeconds(31), pulse.silence());
        pass(31);
        assertEquals(Duration.ofSeconds(62), pulse.silence());
        latch.countDown();
        awaitAnswer();
    }

    @Test
    void aServerThatIsClosedOwesNothing() throws Exception {
        group.shutdownNow();
        assertTrue(group.awaitTermination(20, TimeUnit.SECONDS));
        pass(100);
        pulse.silence();
        pass(100);
        assertEquals(Duration.ZERO, pulse.silence());
    }
}
