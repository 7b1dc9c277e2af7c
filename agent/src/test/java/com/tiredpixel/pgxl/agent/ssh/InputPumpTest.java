package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
            new InputPump(tasks::add, new HeapShare(0, 0), closedWindow(), true, unwanted::incrementAndGet);

    private static final class Sink extends ByteArrayOutputStream {
        private boolean closed;

        @Override
        public void close() {
            closed = true;
        }
    }

    /** A window that is closed is not adjusted, so no channel is needed. */
    private static LocalWindow closedWindow() {
        var window = new SessionChannel(new Counters()).getLocalWindow();
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
        assertEquals("early bird", sink.toString(StandardCharsets.UTF_8));
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
        assertArrayEquals("abc".getBytes(), sink.toByteArray());
        assertFalse(sink.closed);
    }

    @Test
    void anEndWithoutInputClosesAtOnceWithoutAThread() {
        pump.attach(sink);
        pump.close();
        assertTrue(sink.closed);
        assertTrue(tasks.isEmpty());
    }

    @Test
    void manySmallPiecesAreKeptAsOne() {
        for (int i = 0; i < 100_000; i++) {
            say("x");
        }
        pump.attach(sink);
        assertEquals(1, tasks.size());
        work();
        assertEquals(100_000, sink.size());
    }

    @Test
    void aBrokenPipeIsToldOnceAndTheRestIsThrownAway() {
        var broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("broken pipe");
            }
        };
        pump.attach(broken);
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
        assertEquals(0, sink.size());
    }
}
