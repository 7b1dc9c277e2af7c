package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InputWindowTest {
    private static final int PACKET = 32 * 1024;
    private static final int SHARE = 1536 * 1024;

    private final HeapShare share = new HeapShare(part -> part == HeapShare.Part.INPUT ? SHARE : 0);
    private Duration now = Duration.ofDays(1);
    /** As the client counts it. */
    private long mayStillSend;

    private InputWindow window() throws IOException {
        var channel = new SessionChannel(new Counters(), share, () -> now);
        var window = new InputWindow(channel, share, () -> now, bytes -> mayStillSend += bytes);
        window.begin(true, channel);
        mayStillSend = window.getSize();
        return window;
    }

    private void send(InputWindow window, int bytes) throws IOException {
        assertTrue(bytes <= mayStillSend, "the client has to wait");
        mayStillSend -= bytes;
        window.consume(bytes);
    }

    /** As much as there is, read at once. */
    private void bulk(InputWindow window, long bytes, Duration between) throws IOException {
        for (long sent = 0; sent < bytes; ) {
            int part = (int) Math.min(PACKET, mayStillSend);
            send(window, part);
            window.release(part);
            sent += part;
            now = now.plus(between);
        }
    }

    @Test
    void everyChannelBeginsWithTwoShortPackets() throws IOException {
        assertEquals(InputWindow.NARROWEST, window().getSize());
    }

    @Test
    void bulkGetsTheWidestWindow() throws IOException {
        InputWindow window = window();
        bulk(window, 8 * InputWindow.WIDEST, Duration.ofMillis(1));
        assertTrue(mayStillSend > InputWindow.WIDEST / 2, mayStillSend + " bytes");
        assertTrue(mayStillSend <= InputWindow.WIDEST, mayStillSend + " bytes");
        assertEquals(mayStillSend, window.getSize());
    }

    @Test
    void aClientThatSendsLittleAtATimeGetsTheUsualOneAndNoMore() throws IOException {
        InputWindow window = window();
        bulk(window, 8 * InputWindow.WIDEST, Duration.ofSeconds(1));
        assertTrue(mayStillSend <= InputWindow.USUAL, mayStillSend + " bytes");
        assertTrue(mayStillSend > InputWindow.USUAL / 4, mayStillSend + " bytes");
    }

    @Test
    void whereNothingIsLeftToLendTheNarrowOneStaysAndServes() throws IOException {
        assertTrue(share.take(HeapShare.Part.INPUT, SHARE));
        InputWindow window = window();
        bulk(window, 8 * InputWindow.USUAL, Duration.ofMillis(1));
        assertTrue(mayStillSend <= InputWindow.NARROWEST && mayStillSend > 0, mayStillSend + " bytes");
    }

    @Test
    void aWindowThatHasToTakeAWholeRequestIsWidenedAtOnceOrNotAtAll() throws IOException {
        InputWindow window = window();
        assertTrue(window.widenToUsual());
        assertEquals(InputWindow.USUAL, mayStillSend);
        assertTrue(share.take(HeapShare.Part.INPUT, SHARE - (InputWindow.USUAL - InputWindow.NARROWEST)), "what it took is all that is missing");
        InputWindow other = window();
        assertFalse(other.widenToUsual());
        assertEquals(InputWindow.NARROWEST, other.getSize());
    }

    @Test
    void aCommandThatReadsNothingEndsTheWindow() throws IOException {
        InputWindow window = window();
        send(window, InputWindow.NARROWEST);
        assertEquals(0, mayStillSend);
        assertThrows(IOException.class, () -> window.consume(1));
        window.release(InputWindow.NARROWEST);
        assertTrue(mayStillSend >= InputWindow.NARROWEST);
    }

    @Test
    void wideWindowsAreLentOutOfWhatAllShareAndComeBack() throws IOException {
        InputWindow first = window();
        bulk(first, 8 * InputWindow.WIDEST, Duration.ofMillis(1));
        InputWindow second = window();
        bulk(second, 8 * InputWindow.WIDEST, Duration.ofMillis(1));
        assertTrue(mayStillSend <= InputWindow.WIDEST / 2, "only half a mebibyte was left");
        first.close();
        bulk(second, 8 * InputWindow.WIDEST, Duration.ofMillis(1));
        assertTrue(mayStillSend > InputWindow.WIDEST / 2);
        second.close();
        assertTrue(share.take(HeapShare.Part.INPUT, SHARE), "all of it is back");
    }

    @Test
    void smallReadsAreNotAnnouncedOneByOne() throws IOException {
        InputWindow window = window();
        send(window, InputWindow.NARROWEST);
        for (int i = 0; i < InputWindow.NARROWEST / 8 - 1; i++) {
            window.release(1);
        }
        assertEquals(0, mayStillSend);
        window.release(1);
        assertTrue(mayStillSend > 0);
    }
}
