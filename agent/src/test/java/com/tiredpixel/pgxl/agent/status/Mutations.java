package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;

/** Bytes that are almost right, each from a seed. */
public final class Mutations {
    private static final long NANOS = 2_000_000_000L;

    private Mutations() {
    }

    /** Gives a parser one after another, for a time; a failure prints its seed. */
    public static void forAWhile(byte[] sample, Consumer<byte[]> parser) {
        long end = System.nanoTime() + NANOS;
        for (long seed = 0; System.nanoTime() < end; seed++) {
            byte[] bytes = mutated(new Random(seed), sample);
            try {
                parser.accept(bytes);
            } catch (RuntimeException | Error failure) {
                fail("seed " + seed + ": " + new String(bytes, StandardCharsets.ISO_8859_1), failure);
            }
        }
    }

    public static byte[] mutated(Random random, byte[] sample) {
        int length = random.nextInt(4) == 0 ? random.nextInt(300) : sample.length;
        byte[] bytes = java.util.Arrays.copyOf(sample, length);
        for (int i = random.nextInt(10); i > 0 && length > 0; i--) {
            switch (random.nextInt(3)) {
                case 0 -> bytes[random.nextInt(length)] = (byte) random.nextInt(256);
                case 1 -> bytes[random.nextInt(length)] = (byte) " \r\n:/?\0%".charAt(random.nextInt(8));
                default -> {
                    if (length >= 4) {
                        ByteBuffer.wrap(bytes).putInt(random.nextInt(length - 3), random.nextInt());
                    }
                }
            }
        }
        return bytes;
    }
}
