package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WaitingInputTest {
    private final WaitingInput input = new WaitingInput(new HeapShare(part -> 0));
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int takeAll() {
        int pieces = 0;
        for (WaitingInput.Piece piece = input.take(); piece != null; piece = input.take()) {
            out.write(piece.bytes(), 0, piece.length());
            input.reuse(piece);
            pieces++;
        }
        return pieces;
    }

    @Test
    void whatGoesInComesOutInItsOrderWhateverItsSizes() {
        var random = new Random(7);
        var sent = new ByteArrayOutputStream();
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 100 : 100_000)];
            random.nextBytes(bytes);
            sent.write(bytes, 0, bytes.length);
            input.add(bytes, 0, bytes.length);
            if (random.nextInt(5) == 0) {
                takeAll();
            }
        }
        takeAll();
        assertArrayEquals(sent.toByteArray(), out.toByteArray());
    }

    @Test
    void singleBytesDoNotTakeAPieceEach() {
        for (int i = 0; i < 100_000; i++) {
            input.add(new byte[1], 0, 1);
        }
        int pieces = takeAll();
        assertTrue(pieces <= 100_000 / 2048 + 1, pieces + " pieces");
    }

    @Test
    void whatIsLeftOfAPacketOfBulkWaitsInNoSmallPieces() {
        byte[] packet = new byte[IncomingPackets.BULK_PACKET];
        for (int i = 0; i < 16; i++) {
            input.add(packet, 0, packet.length);
        }
        assertEquals(16 * packet.length / HeapShare.PIECE, takeAll());
    }

    @Test
    void whatFitsIntoTheNarrowestWindowTakesNoMemoryOfBulk() {
        for (int i = 0; i < 8; i++) {
            input.add(new byte[InputWindow.NARROWEST / 8], 0, InputWindow.NARROWEST / 8);
        }
        for (WaitingInput.Piece piece = input.take(); piece != null; piece = input.take()) {
            assertTrue(piece.bytes().length < HeapShare.PIECE, piece.bytes().length + " bytes");
        }
    }

    @Test
    void aPacketOfBulkIsOnePieceAndItsMemoryIsUsedAgain() {
        byte[] packet = new byte[32 * 1024];
        input.add(packet, 0, packet.length);
        WaitingInput.Piece first = input.take();
        assertEquals(packet.length, first.length());
        input.reuse(first);
        input.add(packet, 0, packet.length);
        assertSame(first.bytes(), input.take().bytes());
    }

    @Test
    void whatIsClearedIsCountedAndGone() {
        input.add(new byte[70_000], 0, 70_000);
        assertEquals(70_000, input.clear());
        assertTrue(input.isEmpty());
        assertNull(input.take());
    }
}
