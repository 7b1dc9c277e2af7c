package com.tiredpixel.pgxl.agent.os.crypto;

import java.nio.charset.StandardCharsets;

/** OpenSSL's {@code libcrypto}, for what SSH needs of it. For any number of threads. */
public final class LibCrypto {
    /** openssl.cnf is for TLS, and reading it takes longer than all that the start needs of this library. */
    private static final long OPENSSL_INIT_NO_LOAD_CONFIG = 0x80;

    private final ScratchPool scratch = new ScratchPool();
    private final long aes128Gcm;
    private final long aes256Gcm;
    private final long aes128Ctr;
    private final long aes256Ctr;
    private final long chaCha20;
    private final long poly1305;
    private final long sha256;
    private final long sha384;
    private final long sha512;

    /** What came of {@link #load}. */
    public sealed interface Loading {
        /** It is there, and answers a test with known answers correctly. */
        record Loaded(LibCrypto crypto) implements Loading {
        }

        /**
         * It must not be used.
         *
         * @param reason for the log
         */
        record Refused(String reason) implements Loading {
        }
    }

    private LibCrypto() throws CryptoException {
        aes128Gcm = cipher("AES-128-GCM");
        aes256Gcm = cipher("AES-256-GCM");
        aes128Ctr = cipher("AES-128-CTR");
        aes256Ctr = cipher("AES-256-CTR");
        chaCha20 = cipher("ChaCha20");
        poly1305 = there(CryptoFunctions.EVP_MAC_fetch(0, "POLY1305", 0), "POLY1305");
        sha256 = digest("SHA256");
        sha384 = digest("SHA384");
        sha512 = digest("SHA512");
    }

    /**
     * Loads the library of the system and tries it. A system in FIPS mode, for instance, refuses Curve25519; then
     * nothing of the library is used, because one implementation of everything is easier to reason about than a mixture.
     */
    public static Loading load() {
        try {
            CryptoFunctions.register();
            if (CryptoFunctions.OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, 0) != 1) {
                return new Loading.Refused("libcrypto cannot be initialised");
            }
            var crypto = new LibCrypto();
            return new SelfTest(crypto).failure()
                    .<Loading>map(Loading.Refused::new)
                    .orElseGet(() -> new Loading.Loaded(crypto));
        } catch (CryptoException | UnsatisfiedLinkError | OutOfMemoryError e) {
            return new Loading.Refused(e.getMessage());
        }
    }

    private long cipher(String name) throws CryptoException {
        return there(CryptoFunctions.EVP_CIPHER_fetch(0, name, 0), name);
    }

    private long digest(String name) throws CryptoException {
        return there(CryptoFunctions.EVP_MD_fetch(0, name, 0), name);
    }

    private long there(long address, String name) throws CryptoException {
        if (address == 0) {
            throw problem(name);
        }
        return address;
    }

    /**
     * @param key 16 or 32 bytes
     * @param nonce of the first packet, 12 bytes
     */
    public AesGcm aesGcm(byte[] key, byte[] nonce) {
        return new AesGcm(this, byLength(key, aes128Gcm, aes256Gcm), key.clone(), exactly(12, nonce));
    }

    /**
     * @param key 16 or 32 bytes
     * @param counter at the start, 16 bytes
     */
    public AesCtr aesCtr(byte[] key, byte[] counter) {
        return new AesCtr(this, byLength(key, aes128Ctr, aes256Ctr), key.clone(), exactly(16, counter));
    }

    /**
     * @param key 64 bytes
     * @param nonce number of the first packet, 8 bytes
     */
    public ChaCha20Poly1305 chaCha20Poly1305(byte[] key, byte[] nonce) {
        return new ChaCha20Poly1305(
                this,
                exactly(ChaCha20Poly1305.KEY_BYTES, key),
                exactly(ChaCha20Poly1305.NONCE_BYTES, nonce));
    }

    long chaCha20() {
        return chaCha20;
    }

    long poly1305() {
        return poly1305;
    }

    private static long byLength(byte[] key, long short_, long long_) {
        return switch (key.length) {
            case 16 -> short_;
            case 32 -> long_;
            default -> throw new IllegalArgumentException(
                    "a key of AES has 16 or 32 bytes here, and this one " + key.length);
        };
    }

    private static byte[] exactly(int length, byte[] bytes) {
        if (bytes.length != length) {
            throw new IllegalArgumentException(length + " bytes are needed to begin with, and these are " + bytes.length);
        }
        return bytes.clone();
    }

    /** @param key 32 bytes, as SSH takes for it */
    public Hmac hmacSha256(byte[] key) {
        return new Hmac(this, sha256, exactly(32, key));
    }

    /** @param key 64 bytes, as SSH takes for it */
    public Hmac hmacSha512(byte[] key) {
        return new Hmac(this, sha512, exactly(64, key));
    }

    /**
     * @return one side of an exchange, with a new key
     * @throws CryptoException if there is no randomness to be had
     */
    public X25519 x25519() throws CryptoException {
        return x25519(random(X25519.BYTES));
    }

    X25519 x25519(byte[] secret) {
        return new X25519(this, secret);
    }

    /** Powers modulo a prime. */
    public ModularPower modularPower() {
        return new ModularPower(this);
    }

    /** Signatures by keys that name their own digest. */
    public KeySignature ed25519() {
        return new KeySignature(this, 0);
    }

    /** Signatures of SHA-256, by RSA or ECDSA, as the key is. */
    public KeySignature withSha256() {
        return new KeySignature(this, sha256);
    }

    /** Signatures of SHA-384. */
    public KeySignature withSha384() {
        return new KeySignature(this, sha384);
    }

    /** Signatures of SHA-512. */
    public KeySignature withSha512() {
        return new KeySignature(this, sha512);
    }

    /**
     * @return bytes that nobody can foretell
     * @throws CryptoException if there is no randomness to be had
     */
    public byte[] random(int count) throws CryptoException {
        byte[] bytes = new byte[count];
        if (CryptoFunctions.RAND_bytes(bytes, count) != 1) {
            throw problem("random bytes");
        }
        return bytes;
    }

    Scratch scratch() {
        return scratch.take();
    }

    /** The errors of the calling thread wait in a queue of the library; the first is the one that counts. */
    CryptoException problem(String what) {
        long error = CryptoFunctions.ERR_get_error();
        forgetProblems();
        byte[] text = new byte[256];
        CryptoFunctions.ERR_error_string_n(error, text, text.length);
        int end = 0;
        while (text[end] != 0) {
            end++;
        }
        return new CryptoException(
                "libcrypto refuses " + what + ": " + new String(text, 0, end, StandardCharsets.ISO_8859_1));
    }

    void forgetProblems() {
        int most = 64;
        while (most-- > 0 && CryptoFunctions.ERR_get_error() != 0) {
            continue;
        }
    }
}
