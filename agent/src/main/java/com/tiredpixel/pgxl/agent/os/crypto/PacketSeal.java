package com.tiredpixel.pgxl.agent.os.crypto;

/** Encrypts packets and authenticates them with a tag: one direction of one connection. Not for several threads. */
public interface PacketSeal {
    /**
     * Encrypts in place and puts the tag behind it.
     *
     * @param legible bytes that are authenticated and stay as they are
     * @param length of what is encrypted
     * @throws CryptoException if libcrypto refuses
     */
    void seal(Part legible, byte[] buffer, int offset, int length) throws CryptoException;

    /**
     * Decrypts in place what a tag follows.
     *
     * @param legible bytes that were authenticated with it
     * @param length of what is encrypted, without the tag
     * @throws CryptoException if a bit of it all is not as it was sealed; the buffer is unchanged then
     */
    void open(Part legible, byte[] buffer, int offset, int length) throws CryptoException;
}
