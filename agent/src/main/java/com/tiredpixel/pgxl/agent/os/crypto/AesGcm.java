package com.tiredpixel.pgxl.agent.os.crypto;

import java.nio.ByteBuffer;
import java.util.Objects;

/** AES in Galois/counter mode as SSH uses it, RFC 5647: one direction of one connection. Not for several threads. */
public final class AesGcm implements PacketSeal {
    /** Bytes of the tag that follows each packet. */
    public static final int TAG_BYTES = 16;

    private static final int EVP_CTRL_AEAD_GET_TAG = 0x10;
    private static final int EVP_CTRL_AEAD_SET_TAG = 0x11;
    /** RFC 5647, section 7.1: four bytes stay, eight count the packets. */
    private static final int COUNTER = 4;

    private final LibCrypto crypto;
    private final long cipher;
    private final byte[] key;
    private final ByteBuffer nonce;
    private final long first;

    AesGcm(LibCrypto crypto, long cipher, byte[] key, byte[] nonce) {
        this.crypto = crypto;
        this.cipher = cipher;
        this.key = key;
        this.nonce = ByteBuffer.wrap(nonce);
        this.first = this.nonce.getLong(COUNTER);
    }

    @Override
    public void seal(Part legible, byte[] buffer, int offset, int length) throws CryptoException {
        try (Scratch scratch = crypto.scratch()) {
            begin(scratch, legible, buffer, offset, length, 1);
            if (CryptoFunctions.EVP_CipherFinal_ex(scratch.context(), scratch.tag(), scratch.length()) != 1
                    || CryptoFunctions.EVP_CIPHER_CTX_ctrl(
                                    scratch.context(), EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, scratch.tag())
                            != 1) {
                throw crypto.problem("encrypting " + length + " bytes");
            }
            scratch.read(0, buffer, offset, length);
            scratch.readTag(buffer, offset + length, TAG_BYTES);
        }
        count();
    }

    @Override
    public void open(Part legible, byte[] buffer, int offset, int length) throws CryptoException {
        try (Scratch scratch = crypto.scratch()) {
            begin(scratch, legible, buffer, offset, length, 0);
            long tag = scratch.tag(buffer, offset + length, TAG_BYTES);
            if (CryptoFunctions.EVP_CIPHER_CTX_ctrl(scratch.context(), EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) != 1) {
                throw crypto.problem("decrypting " + length + " bytes");
            }
            if (CryptoFunctions.EVP_CipherFinal_ex(scratch.context(), tag, scratch.length()) != 1) {
                crypto.forgetProblems();
                throw new CryptoException("a packet of " + length + " bytes has the wrong tag");
            }
            scratch.read(0, buffer, offset, length);
        }
        count();
    }

    /** All but the tag. */
    private void begin(Scratch scratch, Part legible, byte[] buffer, int offset, int length, int encrypt)
            throws CryptoException {
        Objects.checkFromIndexSize(offset, length, buffer.length - TAG_BYTES);
        scratch.reserve(Math.addExact(length, legible.length()));
        scratch.write(0, buffer, offset, length);
        scratch.write(length, legible.bytes(), legible.offset(), legible.length());
        long context = scratch.context();
        long data = scratch.data(0);
        long ignored = scratch.length();
        if (CryptoFunctions.EVP_CipherInit_ex(context, cipher, 0, scratch.key(key), scratch.iv(nonce.array()), encrypt)
                        != 1
                || CryptoFunctions.EVP_CipherUpdate(context, 0, ignored, scratch.data(length), legible.length()) != 1
                || CryptoFunctions.EVP_CipherUpdate(context, data, ignored, data, length) != 1) {
            throw crypto.problem("AES-GCM of " + length + " bytes");
        }
    }

    /** A nonce that comes again under the same key gives both away. */
    private void count() {
        long next = nonce.getLong(COUNTER) + 1;
        if (next == first) {
            throw new IllegalStateException("2^64 packets were sent with one key");
        }
        nonce.putLong(COUNTER, next);
    }
}
