package com.tiredpixel.pgxl.agent.os.crypto;

/** One side of an exchange of keys on Curve25519, RFC 7748. */
public final class X25519 {
    /** Bytes of either key and of the secret. */
    public static final int BYTES = 32;

    private static final int EVP_PKEY_X25519 = 1034;

    private final LibCrypto crypto;
    private final byte[] secret;

    X25519(LibCrypto crypto, byte[] secret) {
        this.crypto = crypto;
        this.secret = secret;
    }

    /**
     * @return the public key
     * @throws CryptoException if libcrypto refuses
     */
    public byte[] publicKey() throws CryptoException {
        try (KeyHandle own = own()) {
            byte[] raw = new byte[BYTES];
            if (CryptoFunctions.EVP_PKEY_get_raw_public_key(own.address(), raw, new long[] {BYTES}) != 1) {
                throw crypto.problem("X25519");
            }
            return raw;
        }
    }

    /**
     * @param peer the other side's public key
     * @return what only both sides know
     * @throws CryptoException if that is of the wrong length, or would make the secret known, RFC 8731, section 3
     */
    public byte[] agree(byte[] peer) throws CryptoException {
        if (peer.length != BYTES) {
            throw new CryptoException("a key of X25519 has " + BYTES + " bytes, and this one " + peer.length);
        }
        try (KeyHandle own = own();
                KeyHandle other = new KeyHandle(
                        CryptoFunctions.EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, 0, peer, BYTES))) {
            long context = CryptoFunctions.EVP_PKEY_CTX_new(own.address(), 0);
            try {
                byte[] shared = new byte[BYTES];
                if (other.address() == 0
                        || context == 0
                        || CryptoFunctions.EVP_PKEY_derive_init(context) != 1
                        || CryptoFunctions.EVP_PKEY_derive_set_peer(context, other.address()) != 1
                        || CryptoFunctions.EVP_PKEY_derive(context, shared, new long[] {BYTES}) != 1) {
                    throw crypto.problem("X25519");
                }
                return shared;
            } finally {
                CryptoFunctions.EVP_PKEY_CTX_free(context);
            }
        }
    }

    private KeyHandle own() throws CryptoException {
        var handle = new KeyHandle(
                CryptoFunctions.EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, 0, secret, BYTES));
        if (handle.address() == 0) {
            throw crypto.problem("X25519");
        }
        return handle;
    }
}
