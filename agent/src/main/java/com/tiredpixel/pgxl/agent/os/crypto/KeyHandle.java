package com.tiredpixel.pgxl.agent.os.crypto;

/**
 * An {@code EVP_PKEY} for the time of one operation.
 *
 * @param address 0 for none, which OpenSSL frees without complaint
 */
record KeyHandle(long address) implements AutoCloseable {
    @Override
    public void close() {
        CryptoFunctions.EVP_PKEY_free(address);
    }
}
