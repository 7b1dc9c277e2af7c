package com.tiredpixel.pgxl.agent.os.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every algorithm against the Java run time's, from a seed. */
class LibCryptoTest {
    private final Random random = new Random(20_261_125);
    private final LibCrypto crypto = loaded();

    private static LibCrypto loaded() {
        LibCrypto.Loading loading = LibCrypto.load();
        assertTrue(loading instanceof LibCrypto.Loading.Loaded, loading::toString);
        return ((LibCrypto.Loading.Loaded) loading).crypto();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] after(byte[] nonce, int packets) {
        byte[] next = nonce.clone();
        for (int packet = 0; packet < packets; packet++) {
            int i = next.length - 1;
            while (i >= 4 && ++next[i] == 0) {
                i--;
            }
        }
        return next;
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void packetsUnderGcmAreThoseOfTheJavaRunTime(int keyBytes) throws Exception {
        byte[] key = bytes(keyBytes);
        byte[] nonce = bytes(12);
        // So that the count runs over a byte, and over all of them.
        Arrays.fill(nonce, 4, 12, (byte) 0xff);
        AesGcm sealer = crypto.aesGcm(key, nonce);
        AesGcm opener = crypto.aesGcm(key, nonce);
        int packet = 0;
        for (int length : new int[] {16, 32, 4096, 32 * 1024, 300 * 1024, 16}) {
            byte[] buffer = bytes(7 + 4 + length + AesGcm.TAG_BYTES + 5);
            byte[] before = buffer.clone();
            Cipher java = Cipher.getInstance("AES/GCM/NoPadding");
            java.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, "AES"),
                    new GCMParameterSpec(128, after(nonce, packet++)));
            java.updateAAD(before, 7, 4);
            byte[] expected = before.clone();
            java.doFinal(before, 11, length, expected, 11);

            sealer.seal(new Part(buffer, 7, 4), buffer, 11, length);
            assertArrayEquals(expected, buffer, length + " bytes");

            opener.open(new Part(buffer, 7, 4), buffer, 11, length);
            assertArrayEquals(
                    Arrays.copyOf(before, 11 + length), Arrays.copyOf(buffer, 11 + length), length + " bytes");
        }
    }

    @Test
    void aPacketWithOneOtherBitIsRefusedAndNothingOfItIsShown() throws Exception {
        byte[] key = bytes(16);
        byte[] nonce = bytes(12);
        byte[] sealed = bytes(4 + 32 + AesGcm.TAG_BYTES);
        crypto.aesGcm(key, nonce).seal(new Part(sealed, 0, 4), sealed, 4, 32);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] forged = sealed.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            byte[] given = forged.clone();
            AesGcm opener = crypto.aesGcm(key, nonce);
            var refused = assertThrows(
                    CryptoException.class, () -> opener.open(new Part(forged, 0, 4), forged, 4, 32), "bit " + bit);
            assertTrue(refused.getMessage().contains("wrong tag"), refused::getMessage);
            assertArrayEquals(given, forged, "bit " + bit);
        }
        crypto.aesGcm(key, nonce).open(new Part(sealed, 0, 4), sealed, 4, 32);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void aStreamUnderCtrIsThatOfTheJavaRunTime(int keyBytes) throws Exception {
        byte[] key = bytes(keyBytes);
        byte[] counter = bytes(16);
        // So that it runs over from the lower half to the upper one.
        Arrays.fill(counter, 6, 16, (byte) 0xff);
        Cipher java = Cipher.getInstance("AES/CTR/NoPadding");
        java.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(counter));
        AesCtr ctr = crypto.aesCtr(key, counter);
        for (int length : new int[] {16, 4096, 16 * 70_000, 48}) {
            byte[] buffer = bytes(length + 3);
            byte[] expected = buffer.clone();
            java.update(buffer.clone(), 2, length, expected, 2);
            ctr.transform(buffer, 2, length);
            assertArrayEquals(expected, buffer, length + " bytes");
        }
        assertThrows(IllegalArgumentException.class, () -> ctr.transform(new byte[20], 0, 20));
    }

    @ParameterizedTest
    @CsvSource({"HmacSHA256, 32", "HmacSHA512, 64"})
    void codesOfMessagesAreThoseOfTheJavaRunTime(String name, int length) throws Exception {
        byte[] key = bytes(length);
        Hmac hmac = length == 32 ? crypto.hmacSha256(key) : crypto.hmacSha512(key);
        for (int size : new int[] {0, 1, 100, 32 * 1024, 300 * 1024}) {
            byte[] number = bytes(4);
            byte[] packet = bytes(size + 2);
            Mac java = Mac.getInstance(name);
            java.init(new SecretKeySpec(key, name));
            java.update(number);
            java.update(packet, 1, size);
            byte[] code = new byte[length + 1];
            hmac.compute(List.of(new Part(number, 0, 4), new Part(packet, 1, size)), code, 1, length);
            assertArrayEquals(java.doFinal(), Arrays.copyOfRange(code, 1, length + 1), size + " bytes");
        }
    }

    @Test
    void aSecretIsSharedWithTheJavaRunTimeOverCurve25519() throws Exception {
        byte[] prefix = HexFormat.of().parseHex("302a300506032b656e032100");
        for (int i = 0; i < 20; i++) {
            X25519 ours = crypto.x25519();
            KeyPair theirs = KeyPairGenerator.getInstance("X25519").generateKeyPair();
            KeyAgreement java = KeyAgreement.getInstance("X25519");
            java.init(theirs.getPrivate());
            byte[] encoded = Arrays.copyOf(prefix, 44);
            System.arraycopy(ours.publicKey(), 0, encoded, 12, 32);
            java.doPhase(KeyFactory.getInstance("X25519").generatePublic(new X509EncodedKeySpec(encoded)), true);
            byte[] raw = Arrays.copyOfRange(theirs.getPublic().getEncoded(), 12, 44);
            assertArrayEquals(java.generateSecret(), ours.agree(raw));
        }
    }

    @Test
    void aKeyThatWouldMakeTheSecretKnownIsRefused() throws Exception {
        X25519 ours = crypto.x25519();
        assertThrows(CryptoException.class, () -> ours.agree(new byte[32]));
        assertThrows(CryptoException.class, () -> ours.agree(new byte[31]));
    }

    private static KeyPair pair(String algorithm, AlgorithmParameterSpec parameters) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(parameters);
        return generator.generateKeyPair();
    }

    private void signs(KeySignature ours, String name, KeyPair pair) throws Exception {
        byte[] data = bytes(500);
        byte[] signature = ours.sign(pair.getPrivate().getEncoded(), data);
        Signature java = Signature.getInstance(name);
        java.initVerify(pair.getPublic());
        java.update(data);
        assertTrue(java.verify(signature), name + " of libcrypto");

        java.initSign(pair.getPrivate());
        java.update(data);
        byte[] theirs = java.sign();
        byte[] key = pair.getPublic().getEncoded();
        assertTrue(ours.verify(key, data, theirs), name + " of Java");
        data[17] ^= 1;
        assertFalse(ours.verify(key, data, theirs), name + " of other data");
        data[17] ^= 1;
        theirs[theirs.length - 1] ^= 1;
        assertFalse(ours.verify(key, data, theirs), "another " + name);
        assertFalse(ours.verify(key, data, new byte[0]), "no " + name);
    }

    @Test
    void signaturesOfEveryKindOfKeyAreThoseOfTheJavaRunTime() throws Exception {
        signs(crypto.ed25519(), "Ed25519", pair("Ed25519", NamedParameterSpec.ED25519));
        KeyPair rsa = pair("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
        signs(crypto.withSha256(), "SHA256withRSA", rsa);
        signs(crypto.withSha512(), "SHA512withRSA", rsa);
        signs(crypto.withSha256(), "SHA256withECDSA", pair("EC", new ECGenParameterSpec("secp256r1")));
        signs(crypto.withSha384(), "SHA384withECDSA", pair("EC", new ECGenParameterSpec("secp384r1")));
        signs(crypto.withSha512(), "SHA512withECDSA", pair("EC", new ECGenParameterSpec("secp521r1")));
    }

    @Test
    void whatIsNoKeyIsRefused() {
        assertThrows(CryptoException.class, () -> crypto.ed25519().sign(bytes(48), bytes(10)));
        assertThrows(CryptoException.class, () -> crypto.ed25519().verify(bytes(44), bytes(10), bytes(64)));
    }

    @Test
    void powersAreThoseOfTheJavaRunTime() throws Exception {
        BigInteger modulus = new BigInteger(4096, random).setBit(4095).setBit(0);
        byte[] m = Arrays.copyOfRange(modulus.toByteArray(), 1, 513);
        byte[] base = bytes(512);
        byte[] exponent = bytes(64);
        BigInteger expected = new BigInteger(1, base).modPow(new BigInteger(1, exponent), modulus);
        assertEquals(expected, new BigInteger(1, crypto.modularPower().compute(base, exponent, m)));
    }
}
