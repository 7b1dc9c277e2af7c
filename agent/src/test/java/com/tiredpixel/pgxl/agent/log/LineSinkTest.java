package com.tiredpixel.pgxl.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.Allocations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LineSinkTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final SlowChannel channel = new SlowChannel();
    private final LineSink sink = new LineSink(channel, 1000, 100, (refused, unmade) -> line("left out " + (refused + unmade)));

    @AfterEach
    void close() {
        channel.unblock();
        sink.close();
    }

    @Test
    void writesLinesInOrder() {
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            assertTrue(offer("line " + i));
            expected.append("line ").append(i).append('\n');
        }

        assertTrue(sink.flush(LONG));
        assertEquals(expected.toString(), channel.text());
    }

    @Test
    void aReaderThatSleepsBlocksNobodyAndIsToldWhatItMissed() throws InterruptedException {
        channel.block();
        assertTrue(offer("first"));
        channel.awaitWrite();

        long taken = assertTimeoutPreemptively(LONG, () -> {
            long count = 0;
            for (int i = 0; i < 100_000; i++) {
                count += offer("0123456789") ? 1 : 0;
            }
            return count;
        });
        assertEquals(1000 / 11, taken, "the queue is bounded in bytes");
        channel.unblock();
        assertTrue(sink.flush(LONG));
        assertTrue(channel.text().endsWith("0123456789\nleft out " + (100_000 - taken) + "\n"));
        assertEquals(1 + taken + 1, channel.text().lines().count());
    }

    @Test
    void theQueueIsBoundedInLinesToo() throws InterruptedException {
        channel.block();
        offer("first");
        channel.awaitWrite();
        long taken = 0;
        for (int i = 0; i < 1000; i++) {
            taken += offer("") ? 1 : 0;
        }

        assertEquals(100, taken);
    }

    @Test
    void whatServersPrintLeavesRoomForEvents() throws InterruptedException {
        channel.block();
        offer("first");
        channel.awaitWrite();
        for (int i = 0; i < 1000; i++) {
            sink.offer(line("server says"), LineSink.Importance.SERVER);
        }

        assertTrue(offer("event"));
        channel.unblock();
        assertTrue(sink.flush(LONG));
        assertTrue(channel.has("event\n"));
    }

    @Test
    void everyLineIsWrittenOrCounted() throws Exception {
        AtomicLong offered = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    offer("line");
                    offered.incrementAndGet();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(LONG.toMillis());
        }

        assertTrue(sink.flush(LONG));
        long accounted = 0;
        for (String line : channel.text().split("\n")) {
            accounted += line.equals("line") ? 1 : Long.parseLong(line.substring("left out ".length()));
        }
        assertEquals(offered.get(), accounted);
    }

    @Test
    void outlivesAPipeWithoutAReader() throws InterruptedException {
        channel.failTimes(2, "Broken pipe");
        offer("lost");

        SlowChannel.await(() -> channel.has("left out 1\n"), "the reader to be told");
        offer("later");
        SlowChannel.await(() -> sink.flush(LONG), "the channel to work again");
        assertEquals("left out 1\nlater\n", channel.text());
    }

    @Test
    void flushGivesUpAtItsDeadline() throws InterruptedException {
        channel.block();
        offer("stuck");
        channel.awaitWrite();

        assertFalse(sink.flush(Duration.ofMillis(50)));
        channel.unblock();
        assertTrue(sink.flush(LONG));
    }

    @Test
    void doesNotWaitForAChannelThatFails() throws InterruptedException {
        channel.failTimes(Integer.MAX_VALUE, "Broken pipe");
        offer("lost");
        channel.awaitWrite();

        assertTimeoutPreemptively(LONG, () -> assertFalse(sink.flush(Duration.ofDays(1))));
    }

    @Test
    void outlivesAFailureOfItsOwn() throws InterruptedException {
        LineSink broken = new LineSink(channel, 1000, 1, (refused, unmade) -> {
            throw new IllegalStateException("test");
        });
        channel.block();
        broken.offer(line("first"), LineSink.Importance.EVENT);
        channel.awaitWrite();
        broken.offer(line("second"), LineSink.Importance.EVENT);
        broken.offer(line("left out"), LineSink.Importance.EVENT);
        channel.unblock();
        SlowChannel.await(() -> channel.has("second\n"), "the second line");
        SlowChannel.await(() -> broken.offer(line("third"), LineSink.Importance.EVENT) && channel.has("third\n"),
                "the thread to be still there");
        broken.close();
    }

    @Test
    void goesOnWhateverTheChannelThrows() throws InterruptedException {
        for (Throwable failure : new Throwable[] {
            new OutOfMemoryError("as a test says"), new StackOverflowError(), new NoClassDefFoundError("x"),
            new IllegalStateException()}) {
            channel.throwTimes(2, failure);
            offer("lost");
            SlowChannel.await(() -> channel.has("left out 1\n"), "the reader to be told of what " + failure + " took");
            offer("after " + failure);
            SlowChannel.await(() -> channel.has("after " + failure), "the line after " + failure);
            channel.forget();
        }
    }

    @Test
    void aGapForWhoseLineThereIsNoMemoryIsToldLater() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        LineSink poor = new LineSink(channel, 1000, 100, (refused, unmade) -> {
            if (calls.incrementAndGet() <= 3) {
                throw new OutOfMemoryError("as a test says");
            }
            return line("left out " + refused + " and " + unmade);
        });
        poor.leaveOut();
        poor.leaveOut();
        poor.offer(line("a line"), LineSink.Importance.EVENT);

        SlowChannel.await(() -> channel.has("left out 0 and 2\n"), "the gap");
        assertEquals(4, calls.get());
        assertTrue(channel.has("a line\n"));
        poor.close();
    }

    /** What the handlers of errors call must work in a heap that is full. */
    @Test
    void toCountALineThatCannotBeMadeNeedsNoMemory() {
        assertEquals(0, Allocations.of(sink::leaveOut));
        assertTrue(Allocations.of(() -> offer("x")) > 0, "the opposite");
    }

    @Test
    void anInterruptEndsNothing() throws InterruptedException {
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("log")).forEach(Thread::interrupt);
        offer("line");

        SlowChannel.await(() -> channel.has("line\n"), "the line");
    }

    @Test
    void afterCloseNothingIsTaken() {
        sink.close();

        assertFalse(offer("late"));
        assertFalse(sink.flush(Duration.ofSeconds(30)));
    }

    private boolean offer(String text) {
        return sink.offer(line(text), LineSink.Importance.EVENT);
    }

    private static byte[] line(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
