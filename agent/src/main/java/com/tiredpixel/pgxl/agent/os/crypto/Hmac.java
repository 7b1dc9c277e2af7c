package com.tiredpixel.pgxl.agent.os.crypto;

/** HMAC with SHA-2, RFC 6668, of packets with their number before them. */
public final class Hmac {
    private final LibCrypto crypto;
    private final long digest;
    private final byte[] key;

    Hmac(LibCrypto crypto, long digest, byte[] key) {
        this.crypto = crypto;
        this.digest = digest;
        this.key = key;
    }

    /**
     * @param message in parts, as pairs of an array and where in it
     * @param into the code is put here
     * @param length of the code in bytes
     * @throws CryptoException if libcrypto refuses
     */
    public void compute(Iterable<Part> message, byte[] into, int at, int length) throws CryptoException {
        int total = 0;
        for (Part part : message) {
            total += part.length();
        }
        try (Scratch scratch = crypto.scratch()) {
            scratch.reserve(total);
            int written = 0;
            for (Part part : message) {
                scratch.write(written, part.bytes(), part.offset(), part.length());
                written += part.length();
            }
            if (CryptoFunctions.HMAC(
                            digest, scratch.key(key), key.length, scratch.data(0), total, scratch.tag(), scratch.length())
                    == 0) {
                throw crypto.problem("HMAC of " + total + " bytes");
            }
            scratch.readTag(into, at, length);
        }
    }
}
