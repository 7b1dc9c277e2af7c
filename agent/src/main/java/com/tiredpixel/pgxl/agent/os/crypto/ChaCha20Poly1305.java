package com.tiredpixel.pgxl.agent.os.crypto;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;

/**
 * ChaCha20 and Poly1305 as OpenSSH puts them together, its {@code PROTOCOL.chacha20poly1305}: the length of a packet is
 * encrypted by a key of its own, and the tag is over what is encrypted. One direction of one connection. Not for several
 * threads.
 */
public final class ChaCha20Poly1305 implements PacketSeal {
    /** Of both ciphers together: the one for packets first. */
    public static final int KEY_BYTES = 64;
    /** Of the number of a packet, which both ciphers begin with. */
    public static final int NONCE_BYTES = 8;
    /** Bytes of the length that begins each packet. */
    public static final int HEADER_BYTES = 4;
    /** Bytes of the tag that follows each packet. */
    public static final int TAG_BYTES = 16;

    private static final int HALF = KEY_BYTES / 2;
    /** OpenSSL's: the number of a block of 64 bytes, the lowest byte first, and then the nonce. */
    private static final int COUNTER_BYTES = 8;

    private final LibCrypto crypto;
    private final byte[] packetKey;
    private final byte[] headerKey;
    private final ByteBuffer start = ByteBuffer.allocate(COUNTER_BYTES + NONCE_BYTES);
    private final long first;

    ChaCha20Poly1305(LibCrypto crypto, byte[] key, byte[] nonce) {
        this.crypto = crypto;
        this.packetKey = Arrays.copyOf(key, HALF);
        this.headerKey = Arrays.copyOfRange(key, HALF, KEY_BYTES);
        this.start.put(COUNTER_BYTES, nonce);
        this.first = start.getLong(COUNTER_BYTES);
    }

    /**
     * Encrypts the length of the next packet, or decrypts it, which is the same, in place; as often as one likes.
     *
     * @throws CryptoException if libcrypto refuses
     */
    public void header(byte[] buffer, int offset) throws CryptoException {
        try (Scratch scratch = crypto.scratch()) {
            scratch.write(0, buffer, offset, HEADER_BYTES);
            begin(scratch, headerKey);
            encrypt(scratch, scratch.data(0), HEADER_BYTES);
            scratch.read(0, buffer, offset, HEADER_BYTES);
        }
    }

    /** {@inheritDoc} The legible part is the length as {@link #header} encrypted it. */
    @Override
    public void seal(Part header, byte[] buffer, int offset, int length) throws CryptoException {
        try (Scratch scratch = crypto.scratch()) {
            long key = lay(scratch, header, buffer, offset, length);
            encrypt(scratch, scratch.data(header.length()), length);
            code(scratch, key, header.length() + length);
            scratch.read(header.length(), buffer, offset, length);
            scratch.readTag(buffer, offset + length, TAG_BYTES);
        }
        count();
    }

    /** {@inheritDoc} The legible part is the length as it came, still encrypted. */
    @Override
    public void open(Part header, byte[] buffer, int offset, int length) throws CryptoException {
        try (Scratch scratch = crypto.scratch()) {
            long key = lay(scratch, header, buffer, offset, length);
            code(scratch, key, header.length() + length);
            byte[] tag = new byte[TAG_BYTES];
            scratch.readTag(tag, 0, TAG_BYTES);
            // Takes as long wherever they differ.
            if (!MessageDigest.isEqual(tag, Arrays.copyOfRange(buffer, offset + length, offset + length + TAG_BYTES))) {
                throw new CryptoException("a packet of " + length + " bytes has the wrong tag");
            }
            encrypt(scratch, scratch.data(header.length()), length);
            scratch.read(header.length(), buffer, offset, length);
        }
        count();
    }

    /** @return address of the key for the tag, the beginning of the first block; the second is the packet's */
    private long lay(Scratch scratch, Part header, byte[] buffer, int offset, int length) throws CryptoException {
        Objects.checkFromIndexSize(offset, length, buffer.length - TAG_BYTES);
        scratch.reserve(Math.addExact(header.length(), length));
        scratch.write(0, header.bytes(), header.offset(), header.length());
        scratch.write(header.length(), buffer, offset, length);
        begin(scratch, packetKey);
        long block = scratch.zeroBlock();
        encrypt(scratch, block, Scratch.BLOCK_BYTES);
        return block;
    }

    private void begin(Scratch scratch, byte[] key) throws CryptoException {
        if (CryptoFunctions.EVP_CipherInit_ex(
                        scratch.context(), crypto.chaCha20(), 0, scratch.key(key), scratch.iv(start.array()), 1)
                != 1) {
            throw crypto.problem("ChaCha20");
        }
    }

    private void encrypt(Scratch scratch, long data, int length) throws CryptoException {
        if (CryptoFunctions.EVP_CipherUpdate(scratch.context(), data, scratch.length(), data, length) != 1) {
            throw crypto.problem("ChaCha20 of " + length + " bytes");
        }
    }

    /** Puts the code of the first bytes of the data where the tag is. */
    private void code(Scratch scratch, long key, int length) throws CryptoException {
        long context = scratch.macContext(crypto.poly1305());
        if (context == 0
                || CryptoFunctions.EVP_MAC_init(context, key, HALF, 0) != 1
                || CryptoFunctions.EVP_MAC_update(context, scratch.data(0), length) != 1
                || CryptoFunctions.EVP_MAC_final(context, scratch.tag(), scratch.length(), TAG_BYTES) != 1) {
            throw crypto.problem("Poly1305 of " + length + " bytes");
        }
    }

    /** Packets are numbered by 32 bits. A nonce that comes again under the same key gives both away. */
    private void count() {
        long next = start.getLong(COUNTER_BYTES) + 1 & 0xffff_ffffL;
        if (next == first) {
            throw new IllegalStateException("2^32 packets were sent with one key");
        }
        start.putLong(COUNTER_BYTES, next);
    }
}
