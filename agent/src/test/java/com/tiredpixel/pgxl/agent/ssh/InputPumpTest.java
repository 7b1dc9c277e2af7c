package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.ReadyOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.channel.LocalWindow;
import org.junit.jupiter.api.Test;

class InputPumpTest {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final AtomicInteger unwanted = new AtomicInteger();
    private final Sink sink = new Sink();
    private final InputPump pump =
            new InputPump(tasks::add, new HeapShare(part -> 0), closedWindow(), true, unwanted::incrementAndGet);

    private static final class Sink extends ReadyOutput {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private int room;
        private boolean closed;
        private boolean broken;

        @Override
        public void write(int b) throws IOException {
            if (broken) {
                throw new IOException("broken pipe");
            }
            taken.write(b);
        }

        @Override
        public int writeReady(byte[] bytes, int offset, int length) throws IOException {
            int count = Math.min(room, length);
            write(bytes, offset, count);
            room -= count;
            return count;
        }

        @Override
        public void close() {
            closed = true;
        }

        String text() {
            return taken.toString(StandardCharsets.UTF_8);
        }
    }

    /** A window that is closed is not adjusted, so no channel is needed. */
    private static LocalWindow closedWindow() {
        var window = new SessionChannel(new Counters(), new HeapShare(part -> 0), MonotonicClock.system()).getLocalWindow();
        try {
            window.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return window;
    }

    private void say(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        pump.data(null, bytes, 0, bytes.length);
    }

    private void work() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Test
    void whatComesBeforeTheCommandIsKeptForIt() {
        say("early ");
        say("bird");
        pump.close();
        assertTrue(tasks.isEmpty());
        pump.attach(sink);
        work();
        assertEquals("early bird", sink.text());
        assertTrue(sink.closed);
    }

    @Test
    void oneThreadWritesWhateverComesMeanwhile() {
        pump.attach(sink);
        say("a");
        say("b");
        assertEquals(1, tasks.size());
        work();
        say("c");
        work();
        assertEquals("abc", sink.text());
        assertFalse(sink.closed);
    }

    @Test
    void whatFitsIsWrittenWithoutAThreadAndTheRestBehindIt() {
        sink.room = 3;
        pump.attach(sink);
        say("ab");
        assertEquals("ab", sink.text());
        assertTrue(tasks.isEmpty());
        say("cd");
        sink.room = 100;
        say("ef");
        assertEquals("abc", sink.text(), "what waits comes first, whatever room there is");
        work();
        say("gh");
        assertEquals("abcdefgh", sink.text());
        assertTrue(tasks.isEmpty());
        pump.close();
        assertTrue(sink.closed);
    }

    @Test
    void nothingIsReadForTheClientBeforeThePipeHasTakenIt() {
        sink.room = 3;
        pump.attach(sink);
        assertEquals(3, pump.data(null, new byte[5], 0, 5));
        assertEquals(0, pump.data(null, new byte[5], 0, 5));
    }

    @Test
    void anEndWithoutInputClosesAtOnceWithoutAThread() {
        pump.attach(sink);
        pump.close();
        assertTrue(sink.closed);
        assertTrue(tasks.isEmpty());
    }

    @Test
    void manySmallPiecesAreWrittenByOneThread() {
        for (int i = 0; i < 100_000; i++) {
            say("x");
        }
        pump.attach(sink);
        assertEquals(1, tasks.size());
        work();
        assertEquals(100_000, sink.taken.size());
    }

    @Test
    void aBrokenPipeIsToldOnceAndTheRestIsThrownAway() {
        sink.broken = true;
        sink.room = 100;
        pump.attach(sink);
        say("lost");
        work();
        assertEquals(1, unwanted.get());
        assertEquals(4, pump.data(null, new byte[4], 0, 4), "what nobody reads is consumed at once");
        work();
        assertEquals(1, unwanted.get());
    }

    @Test
    void aCommandThatCameTooLateFindsItsInputClosed() {
        say("x");
        pump.shut();
        pump.attach(sink);
        work();
        assertTrue(sink.closed);
        assertEquals(0, sink.taken.size());
    }
}
