package com.tiredpixel.pgxl.agent.os.crypto;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Arrays;

/** Signatures by keys in the encodings that every key of the Java run time has. */
public final class KeySignature {
    /** That of RSA with 16384 bits has 2048. */
    private static final int LONGEST = 4096;

    private final LibCrypto crypto;
    private final long digest;

    /** @param digest 0 where the algorithm has its own, as Ed25519 has */
    KeySignature(LibCrypto crypto, long digest) {
        this.crypto = crypto;
        this.digest = digest;
    }

    private interface Decoder {
        long decode(long[] pointer, long length);
    }

    /**
     * @param pkcs8 a private key as PKCS #8 has it
     * @return raw for Ed25519, PKCS #1 for RSA, DER for ECDSA
     * @throws CryptoException if that is no key that libcrypto knows
     */
    public byte[] sign(byte[] pkcs8, byte[] data) throws CryptoException {
        try (KeyHandle key = decode(pkcs8, (pointer, length) -> CryptoFunctions.d2i_AutoPrivateKey(0, pointer, length))) {
            long context = CryptoFunctions.EVP_MD_CTX_new();
            try {
                byte[] signature = new byte[LONGEST];
                long[] length = {LONGEST};
                if (context == 0
                        || CryptoFunctions.EVP_DigestSignInit(context, 0, digest, 0, key.address()) != 1
                        || CryptoFunctions.EVP_DigestSign(context, signature, length, data, data.length) != 1) {
                    throw crypto.problem("signing");
                }
                return Arrays.copyOf(signature, (int) length[0]);
            } finally {
                CryptoFunctions.EVP_MD_CTX_free(context);
            }
        }
    }

    /**
     * @param subjectPublicKeyInfo a public key as X.509 has it
     * @return whether the owner of the key has signed just these data
     * @throws CryptoException if that is no key that libcrypto knows
     */
    public boolean verify(byte[] subjectPublicKeyInfo, byte[] data, byte[] signature) throws CryptoException {
        try (KeyHandle key = decode(
                subjectPublicKeyInfo, (pointer, length) -> CryptoFunctions.d2i_PUBKEY(0, pointer, length))) {
            long context = CryptoFunctions.EVP_MD_CTX_new();
            try {
                if (context == 0
                        || CryptoFunctions.EVP_DigestVerifyInit(context, 0, digest, 0, key.address()) != 1) {
                    throw crypto.problem("verifying");
                }
                // 0 for a wrong one, negative for one that is malformed.
                boolean right =
                        CryptoFunctions.EVP_DigestVerify(context, signature, signature.length, data, data.length) == 1;
                if (!right) {
                    crypto.forgetProblems();
                }
                return right;
            } finally {
                CryptoFunctions.EVP_MD_CTX_free(context);
            }
        }
    }

    /** The functions move the pointer on, so it lies in an array of its own. */
    private KeyHandle decode(byte[] der, Decoder decoder) throws CryptoException {
        long memory = Native.malloc(der.length);
        if (memory == 0) {
            throw new OutOfMemoryError("malloc of " + der.length + " bytes");
        }
        var pointer = new Pointer(memory);
        try {
            pointer.write(0, der, 0, der.length);
            var handle = new KeyHandle(decoder.decode(new long[] {memory}, der.length));
            if (handle.address() == 0) {
                throw crypto.problem("a key of " + der.length + " bytes");
            }
            return handle;
        } finally {
            pointer.clear(der.length);
            Native.free(memory);
        }
    }
}
