package com.tiredpixel.pgxl.agent.ssh.openssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.os.crypto.CryptoException;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import com.tiredpixel.pgxl.agent.ssh.SshServer;
import java.util.Arrays;
import java.util.Random;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every packet against MINA's own implementation, from a seed. */
class ChaChaPacketsTest {
    /** Before MINA is used for the first time in this JVM, whichever test comes first. */
    @BeforeAll
    static void load() {
        SshServer.loadLibrary();
    }

    private static final int HEADER = 4;
    private static final int TAG = 16;

    private final Random random = new Random(20_261_128);
    private final LibCrypto crypto = ((LibCrypto.Loading.Loaded) LibCrypto.load()).crypto();
    private final byte[] key = bytes(64);

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private Cipher ours(Cipher.Mode mode, byte[] number) throws Exception {
        Cipher cipher = OpenSslCiphers.chaCha20Poly1305(crypto).create();
        cipher.init(mode, key, number);
        return cipher;
    }

    private Cipher java(Cipher.Mode mode, byte[] number) throws Exception {
        Cipher cipher = BuiltinCiphers.cc20p1305_openssh.create();
        cipher.init(mode, key, number);
        return cipher;
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, -1})
    void packetsAreThoseOfTheJavaRunTimeBothWays(byte first) throws Exception {
        // So that the number runs over a byte, and over all that it has.
        byte[] number = {0, 0, 0, 0, first, first, first, (byte) 0xfe};
        Cipher sealer = ours(Cipher.Mode.Encrypt, number);
        Cipher opener = ours(Cipher.Mode.Decrypt, number);
        Cipher java = java(Cipher.Mode.Encrypt, number);
        for (int length : new int[] {8, 16, 56, 64, 4096, 32 * 1024 + 8, 300 * 1024, 8}) {
            byte[] plain = bytes(7 + HEADER + length + TAG + 5);
            byte[] expected = plain.clone();
            java.updateWithAAD(expected, 7, HEADER, length);

            byte[] packet = plain.clone();
            sealer.updateWithAAD(packet, 7, HEADER, length);
            assertArrayEquals(expected, packet, length + " bytes");

            opener.updateAAD(packet, 7, HEADER);
            assertArrayEquals(Arrays.copyOf(plain, 7 + HEADER), Arrays.copyOf(packet, 7 + HEADER), "the length comes first");
            Arrays.fill(packet, 7, 7 + HEADER, (byte) 0);
            opener.update(packet, 7 + HEADER, length);
            assertArrayEquals(
                    Arrays.copyOfRange(plain, 7 + HEADER, 7 + HEADER + length),
                    Arrays.copyOfRange(packet, 7 + HEADER, 7 + HEADER + length),
                    length + " bytes");
        }
    }

    @Test
    void aPacketWithOneOtherBitIsRefusedAndNothingOfItIsShown() throws Exception {
        byte[] number = new byte[8];
        byte[] sealed = bytes(HEADER + 32 + TAG);
        ours(Cipher.Mode.Encrypt, number).updateWithAAD(sealed, 0, HEADER, 32);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] forged = sealed.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            byte[] given = forged.clone();
            Cipher opener = ours(Cipher.Mode.Decrypt, number);
            opener.updateAAD(forged, 0, HEADER);
            var refused = assertThrows(CryptoException.class, () -> opener.update(forged, HEADER, 32), "bit " + bit);
            assertTrue(refused.getMessage().contains("wrong tag"), refused::getMessage);
            assertArrayEquals(
                    Arrays.copyOfRange(given, HEADER, given.length),
                    Arrays.copyOfRange(forged, HEADER, forged.length),
                    "bit " + bit);
        }
        byte[] right = sealed.clone();
        ours(Cipher.Mode.Decrypt, number).updateWithAAD(right, 0, HEADER, 32);
    }

    @Test
    void aPacketThatComesAgainIsRefused() throws Exception {
        byte[] sealed = bytes(HEADER + 16 + TAG);
        ours(Cipher.Mode.Encrypt, new byte[8]).updateWithAAD(sealed, 0, HEADER, 16);
        Cipher opener = ours(Cipher.Mode.Decrypt, new byte[8]);
        opener.updateWithAAD(sealed.clone(), 0, HEADER, 16);
        assertThrows(CryptoException.class, () -> opener.updateWithAAD(sealed.clone(), 0, HEADER, 16));
    }

    @Test
    void lengthsThatDoNotFitAreRefusedAndTheNextPacketIsRight() throws Exception {
        byte[] expected = new byte[64];
        java(Cipher.Mode.Encrypt, new byte[8]).updateWithAAD(expected, 0, HEADER, 40);
        Cipher abused = ours(Cipher.Mode.Encrypt, new byte[8]);
        byte[] buffer = new byte[64];
        for (int length : new int[] {-1, 45, 60, 64, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> abused.update(buffer, HEADER, length), "length " + length);
        }
        for (int header : new int[] {0, 3, 5}) {
            assertThrows(IllegalArgumentException.class, () -> abused.updateAAD(buffer, 0, header), "header " + header);
        }
        assertArrayEquals(new byte[64], buffer);
        abused.updateWithAAD(buffer, 0, HEADER, 40);
        assertArrayEquals(expected, buffer);
    }

    @Test
    void theSizesAreThoseOfMinasOwn() {
        Cipher ours = OpenSslCiphers.chaCha20Poly1305(crypto).create();
        Cipher java = BuiltinCiphers.cc20p1305_openssh.create();
        assertEquals(java.getIVSize(), ours.getIVSize());
        assertEquals(java.getKdfSize(), ours.getKdfSize());
        assertEquals(java.getKeySize(), ours.getKeySize());
        assertEquals(java.getCipherBlockSize(), ours.getCipherBlockSize());
        assertEquals(java.getAuthenticationTagSize(), ours.getAuthenticationTagSize());
        assertTrue(ours.getAlgorithm().startsWith("ChaCha"), "or MINA makes no number of the IV");
    }
}
