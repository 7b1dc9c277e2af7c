package com.tiredpixel.pgxl.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelWriterTest {
    private final SlowChannel channel = new SlowChannel();
    private final ChannelWriter writer = new ChannelWriter(channel);

    @Test
    void writesLinesThatAreLargerThanItsBuffer() {
        String large = "x".repeat(100_000);
        channel.takeAtMost(777);

        assertEquals(0, writer.write(queue(lines("a", large, "b"))));
        assertEquals("a\n" + large + "\nb\n", channel.text());
    }

    @Test
    void waitsForADescriptorThatIsFullAndNonBlocking() {
        channel.takeNothingTimes(5);

        assertEquals(0, writer.write(queue(lines("a", "b"))));
        assertEquals("a\nb\n", channel.text());
    }

    @Test
    void countsTheLinesThatAnErrorTook() {
        channel.failTimes(1, "No space left on device");

        assertEquals(3, writer.write(queue(lines("a", "b", "c"))));
        assertEquals(0, writer.write(queue(lines("d"))));
        assertEquals("d\n", channel.text());
    }

    @Test
    void endsTheLineOfWhichAnErrorLeftTheBeginning() {
        // 16 KiB go out, then the disk is full in the middle of the second line.
        String large = "x".repeat(20_000);
        List<byte[]> lines = lines("a", large, "b");
        ChannelWriter failingSecond = new ChannelWriter(new FailsOnSecondWrite(channel));

        assertEquals(2, failingSecond.write(queue(lines)));
        assertEquals(0, failingSecond.write(queue(lines("c"))));
        assertEquals("a\n" + "x".repeat(16 * 1024 - 2) + "\nc\n", channel.text());
    }

    @Test
    void countsNoLineTwiceAndForgetsNone() {
        for (int size : new int[] {1, 100, 5_000, 16_383, 16_384, 16_385, 40_000}) {
            List<byte[]> lines = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                lines.addAll(lines("y".repeat(size)));
            }
            SlowChannel target = new SlowChannel();
            long lost = new ChannelWriter(new FailsOnSecondWrite(target)).write(queue(lines));

            assertEquals(10 - target.text().chars().filter(c -> c == '\n').count(), lost, "size " + size);
        }
    }

    @Test
    void countsTheLinesThatAnErrorOfTheJvmTookToo() {
        for (Throwable failure : new Throwable[] {
            new OutOfMemoryError("as a test says"), new StackOverflowError(), new IllegalStateException()}) {
            SlowChannel target = new SlowChannel();
            target.throwTimes(1, failure);
            ChannelWriter writer = new ChannelWriter(target);
            LineQueue lines = queue(lines("a", "b"));

            assertEquals(2, writer.write(lines));
            assertEquals(0, lines.lines());
            assertEquals(0, writer.write(queue(lines("c"))));
            assertEquals("c\n", target.text());
        }
    }

    private static LineQueue queue(List<byte[]> lines) {
        LineQueue queue = new LineQueue();
        lines.forEach(line -> queue.add(new LineQueue.Link(line)));
        return queue;
    }

    private static List<byte[]> lines(String... texts) {
        List<byte[]> lines = new ArrayList<>();
        for (String text : texts) {
            lines.add((text + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return lines;
    }

    private static final class FailsOnSecondWrite implements WritableByteChannel {
        private final SlowChannel target;
        private int writes;

        FailsOnSecondWrite(SlowChannel target) {
            this.target = target;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            if (++writes == 2) {
                throw new IOException("No space left on device");
            }
            return target.write(source);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
        }
    }
}
