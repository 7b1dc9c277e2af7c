package com.tiredpixel.pgxl.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ServerOutputTest {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private long cut;
    private Duration now = Duration.ZERO;

    @Test
    void printsEachLineWithTheNodesName() {
        run("LOG:  starting\nLOG:  ready\r\n\nwithout an end");

        assertEquals(
                List.of("coordinator x| LOG:  starting", "coordinator x| LOG:  ready", "coordinator x| ",
                        "coordinator x| without an end"),
                lines);
    }

    @Test
    void remembersTheLastTwentyLines() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            text.append("line ").append(i).append('\n');
        }
        List<String> tail = run(text + "z".repeat(5000)).tail();

        assertEquals(20, tail.size());
        assertEquals("line 81", tail.get(0));
        assertEquals("z".repeat(1024), tail.get(19));
    }

    @Test
    void aLineOf100MegabytesIsCutInBoundedMemory() {
        long bytes = 100L * 1024 * 1024;
        run(new InputStream() {
            private long left = bytes;

            @Override
            public int read() {
                throw new AssertionError("one by one");
            }

            @Override
            public int read(byte[] target, int from, int length) {
                int size = (int) Math.min(length, left);
                Arrays.fill(target, from, from + size, (byte) 'x');
                left -= size;
                return size == 0 ? -1 : size;
            }
        });

        assertEquals(List.of("coordinator x| " + "x".repeat(8192)), lines);
        assertEquals(bytes - 8192, cut);
    }

    @Test
    void aCharacterIsNotCutInTwo() {
        run("x" + "€".repeat(5000) + "\n");

        assertEquals("coordinator x| x" + "€".repeat(2730), lines.get(0));
        assertEquals(3 * (5000 - 2730), cut);
    }

    @Test
    void bytesThatAreNoUtf8AreReplaced() {
        run(new ByteArrayInputStream(new byte[] {'a', (byte) 0xff, (byte) 0xc3, '\n', 'b', '\n'}));

        assertEquals(List.of("coordinator x| a\ufffd\ufffd", "coordinator x| b"), lines);
    }

    @Test
    void anyBytesAreTakenAndEveryLineBreakEndsALine() {
        for (long seed = 0; seed < 200; seed++) {
            byte[] noise = new byte[20_000];
            new Random(seed).nextBytes(noise);
            lines.clear();
            run(new ByteArrayInputStream(noise));
            long breaks = 0;
            for (byte b : noise) {
                breaks += b == '\n' ? 1 : 0;
            }
            assertEquals(breaks + (noise[noise.length - 1] == '\n' ? 0 : 1), lines.size(), "seed " + seed);
        }
    }

    @Test
    void aFloodIsThinnedAndCounted() {
        List<String> tail = run("y\n".repeat(1_000_000) + "last\n").tail();

        assertEquals(5001, lines.size());
        assertEquals("coordinator x| [… 995001 lines left out, printed faster than 1000 a second]", lines.get(5000));
        assertEquals("last", tail.get(19));
    }

    @Test
    void aFloodThatEndsIsCountedBeforeTheNextLine() {
        InputStream flood = new ByteArrayInputStream("y\n".repeat(6000).getBytes(StandardCharsets.UTF_8));
        run(new InputStream() {
            private boolean more = true;

            @Override
            public int read() throws IOException {
                throw new IOException("one by one");
            }

            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                int read = flood.read(target, from, length);
                if (read < 0 && more) {
                    more = false;
                    now = now.plusSeconds(1);
                    target[from] = '\n';
                    return 1;
                }
                return read;
            }
        });

        assertEquals(5002, lines.size());
        assertTrue(lines.get(5000).contains("1000 lines left out"), lines.get(5000));
    }

    @Test
    void endsWhenThePipeIsClosedByAnotherThread() throws Exception {
        InputStream pipe = new InputStream() {
            private final CountDownLatch closed = new CountDownLatch(1);
            private boolean greeted;

            @Override
            public int read() throws IOException {
                if (!greeted) {
                    greeted = true;
                    return '\n';
                }
                try {
                    closed.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
                throw new IOException("closed");
            }

            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                target[from] = (byte) read();
                return 1;
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        Thread thread = new Thread(output(pipe));
        thread.start();
        SlowChannel.await(() -> lines.size() == 1, "the line");
        pipe.close();
        thread.join(30_000);

        assertFalse(thread.isAlive());
    }

    /** Without a reader a server stands still as soon as its pipe is full. */
    @Test
    void aFullHeapEndsTheReadingNeitherOfThePipeNorOfTheNextLine() {
        InputStream source = new ByteArrayInputStream("one\ntwo\nthree\nfour\n".getBytes(StandardCharsets.UTF_8));
        var reads = new AtomicInteger();
        InputStream pipe = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("one by one");
            }

            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                switch (reads.incrementAndGet()) {
                    case 2 -> throw new OutOfMemoryError("as a test says");
                    case 4 -> throw new StackOverflowError();
                    case 6 -> throw new IOException("poll of descriptor 7 failed: errno 12 (ENOMEM)");
                    default -> {
                    }
                }
                return source.read(target, from, Math.min(length, 4));
            }
        };
        var lines = new ArrayList<String>();
        var lost = new AtomicInteger();
        var output = new ServerOutput("coordinator x", new ServerLines() {
            @Override
            public void line(String subject, String text, long cutBytes) {
                if (text.equals("two")) {
                    throw new OutOfMemoryError("as a test says");
                }
                lines.add(text);
            }

            @Override
            public void leftOut() {
                lost.incrementAndGet();
            }
        }, () -> now);
        output.readFrom(pipe);
        output.run();

        assertEquals(List.of("one", "three", "four"), lines);
        assertEquals(1, lost.get());
    }

    @Test
    void aReaderWhoseServerNeverCameEnds() throws Exception {
        var output = new ServerOutput("coordinator x", (subject, text, cutBytes) -> { }, () -> now);
        Thread thread = new Thread(output);
        thread.start();
        thread.interrupt();
        assertTrue(thread.isAlive());
        output.readNothing();
        thread.join(30_000);

        assertFalse(thread.isAlive());
    }

    private ServerOutput run(String text) {
        return run(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private ServerOutput run(InputStream input) {
        ServerOutput output = output(input);
        output.run();
        return output;
    }

    private ServerOutput output(InputStream input) {
        var output = new ServerOutput(
                "coordinator x",
                (subject, text, cutBytes) -> {
                    lines.add(subject + "| " + text);
                    cut += cutBytes;
                },
                () -> now);
        output.readFrom(input);
        return output;
    }
}
