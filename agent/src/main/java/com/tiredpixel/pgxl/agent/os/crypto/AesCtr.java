package com.tiredpixel.pgxl.agent.os.crypto;

import java.util.Objects;

/** AES in counter mode, RFC 4344: one direction of one connection. Not for several threads. */
public final class AesCtr {
    private static final int BLOCK = 16;

    private final LibCrypto crypto;
    private final long cipher;
    private final byte[] key;
    private final byte[] counter;

    AesCtr(LibCrypto crypto, long cipher, byte[] key, byte[] counter) {
        this.crypto = crypto;
        this.cipher = cipher;
        this.key = key;
        this.counter = counter;
    }

    /**
     * Encrypts, or decrypts, which is the same, in place.
     *
     * @param length a multiple of 16, as all that SSH encrypts is
     * @throws CryptoException if libcrypto refuses
     */
    public void transform(byte[] buffer, int offset, int length) throws CryptoException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length % BLOCK != 0) {
            throw new IllegalArgumentException(length + " bytes are no whole blocks of " + BLOCK);
        }
        try (Scratch scratch = crypto.scratch()) {
            scratch.reserve(length);
            scratch.write(0, buffer, offset, length);
            long data = scratch.data(0);
            if (CryptoFunctions.EVP_CipherInit_ex(
                                    scratch.context(), cipher, 0, scratch.key(key), scratch.iv(counter), 1)
                            != 1
                    || CryptoFunctions.EVP_CipherUpdate(scratch.context(), data, scratch.length(), data, length)
                            != 1) {
                throw crypto.problem("AES-CTR of " + length + " bytes");
            }
            scratch.read(0, buffer, offset, length);
        }
        count(length / BLOCK);
    }

    /** The counter is one number of 128 bits. */
    private void count(int blocks) {
        int carry = blocks;
        for (int i = BLOCK - 1; i >= 0 && carry != 0; i--) {
            int sum = (counter[i] & 0xff) + (carry & 0xff);
            counter[i] = (byte) sum;
            carry = (carry >>> 8) + (sum >>> 8);
        }
    }
}
