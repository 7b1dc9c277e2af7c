package com.tiredpixel.pgxl.agent.os.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What strangers may ask for: lengths that do not fit, and everything at once. */
class LibCryptoAbuseTest {
    private final LibCrypto crypto = ((LibCrypto.Loading.Loaded) LibCrypto.load()).crypto();

    @Test
    void lengthsThatDoNotFitAreRefusedAndTheNextPacketIsRight() throws Exception {
        byte[] key = new byte[16];
        byte[] nonce = new byte[12];
        byte[] buffer = new byte[64];
        AesGcm abused = crypto.aesGcm(key, nonce);
        AesCtr ctr = crypto.aesCtr(key, new byte[16]);
        for (int length : new int[] {-1, -16, 49, 64, 65, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> abused.open(Part.NONE, buffer, 0, length), "open " + length);
            assertThrows(IndexOutOfBoundsException.class, () -> abused.seal(Part.NONE, buffer, 0, length), "seal " + length);
            int whole = length / 16 * 16;
            if (whole < 0 || whole > 64) {
                assertThrows(IndexOutOfBoundsException.class, () -> ctr.transform(buffer, 0, whole), "ctr " + whole);
            }
        }
        var outside = new Part(buffer, 60, 8);
        assertThrows(IndexOutOfBoundsException.class, () -> abused.seal(outside, buffer, 0, 16));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> crypto.hmacSha256(new byte[32]).compute(List.of(outside), new byte[32], 0, 32));

        byte[] expected = new byte[64];
        crypto.aesGcm(key, nonce).seal(Part.NONE, expected, 0, 48);
        assertArrayEquals(new byte[64], buffer);
        abused.seal(Part.NONE, buffer, 0, 48);
        assertArrayEquals(expected, buffer);
    }

    @Test
    void packetsOfNoBytesHaveATagAllTheSame() throws Exception {
        byte[] tag = new byte[AesGcm.TAG_BYTES];
        crypto.aesGcm(new byte[16], new byte[12]).seal(Part.NONE, tag, 0, 0);
        crypto.aesGcm(new byte[16], new byte[12]).open(Part.NONE, tag, 0, 0);
        tag[3] ^= 1;
        assertThrows(CryptoException.class, () -> crypto.aesGcm(new byte[16], new byte[12]).open(Part.NONE, tag, 0, 0));
    }

    /** More connections than there is memory kept for, with packets of all sizes. */
    @Test
    void manyConnectionsAtATimeGetEachItsOwnPackets() throws Exception {
        var threads = Executors.newFixedThreadPool(12);
        try {
            List<Future<Integer>> connections = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                connections.add(threads.submit(connection(i)));
            }
            for (Future<Integer> connection : connections) {
                assertEquals(400, connection.get(60, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private Callable<Integer> connection(int seed) {
        return () -> {
            var random = new Random(seed);
            byte[] key = new byte[32];
            byte[] nonce = new byte[12];
            random.nextBytes(key);
            random.nextBytes(nonce);
            AesGcm sealer = crypto.aesGcm(key, nonce);
            AesGcm opener = crypto.aesGcm(key, nonce);
            int packets = 0;
            while (packets < 400) {
                int length = random.nextInt(packets % 50 == 0 ? 200_000 : 4_000);
                byte[] plain = new byte[length + AesGcm.TAG_BYTES];
                random.nextBytes(plain);
                byte[] packet = plain.clone();
                sealer.seal(new Part(key, 0, 4), packet, 0, length);
                opener.open(new Part(key, 0, 4), packet, 0, length);
                assertArrayEquals(
                        java.util.Arrays.copyOf(plain, length), java.util.Arrays.copyOf(packet, length), "packet " + packets);
                packets++;
            }
            return packets;
        };
    }
}
