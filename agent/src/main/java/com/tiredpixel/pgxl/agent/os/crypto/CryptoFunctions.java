package com.tiredpixel.pgxl.agent.os.crypto;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.Map;

/**
 * OpenSSL's own names and types, of the version 3 that Debian 12 and CentOS Stream 9 and all later ones have.
 * Pointers are addresses; JNA passes a copy of an array and copies it back. {@code size_t} is a {@code long}.
 */
final class CryptoFunctions {
    private static final String LIBRARY = "libcrypto.so.3";
    private static final int RTLD_NOW = 2;
    private static final int RTLD_NODELETE = 0x1000;

    private CryptoFunctions() {
    }

    /** @throws UnsatisfiedLinkError if the library or a function of it is not there */
    static void register() {
        Map<String, Object> options = Map.of(Library.OPTION_OPEN_FLAGS, RTLD_NOW | RTLD_NODELETE);
        // The library stays mapped when the handle goes, and with it the work of JNA's cleaner thread.
        try (NativeLibrary library = NativeLibrary.getInstance(LIBRARY, options)) {
            Native.register(CryptoFunctions.class, library);
        }
    }

    static native int OPENSSL_init_crypto(long options, long settings);

    static native long ERR_get_error();

    static native void ERR_error_string_n(long error, byte[] text, long size);

    static native int RAND_bytes(byte[] bytes, int count);

    static native long EVP_CIPHER_fetch(long context, String algorithm, long properties);

    static native long EVP_CIPHER_CTX_new();

    static native void EVP_CIPHER_CTX_free(long context);

    static native int EVP_CipherInit_ex(long context, long cipher, long engine, long key, long iv, int encrypt);

    static native int EVP_CipherUpdate(long context, long out, long outLength, long in, int length);

    static native int EVP_CipherFinal_ex(long context, long out, long outLength);

    static native int EVP_CIPHER_CTX_ctrl(long context, int type, int argument, long pointer);

    static native long EVP_MD_fetch(long context, String algorithm, long properties);

    static native long HMAC(long digest, long key, int keyLength, long data, long length, long out, long outLength);

    static native long EVP_MAC_fetch(long context, String algorithm, long properties);

    static native long EVP_MAC_CTX_new(long mac);

    static native void EVP_MAC_CTX_free(long context);

    static native int EVP_MAC_init(long context, long key, long keyLength, long parameters);

    static native int EVP_MAC_update(long context, long data, long length);

    static native int EVP_MAC_final(long context, long out, long outLength, long outSize);

    static native long EVP_PKEY_new_raw_private_key(int type, long engine, byte[] key, long length);

    static native long EVP_PKEY_new_raw_public_key(int type, long engine, byte[] key, long length);

    static native int EVP_PKEY_get_raw_public_key(long key, byte[] raw, long[] length);

    static native long d2i_AutoPrivateKey(long into, long[] der, long length);

    static native long d2i_PUBKEY(long into, long[] der, long length);

    static native void EVP_PKEY_free(long key);

    static native long EVP_PKEY_CTX_new(long key, long engine);

    static native void EVP_PKEY_CTX_free(long context);

    static native int EVP_PKEY_derive_init(long context);

    static native int EVP_PKEY_derive_set_peer(long context, long peer);

    static native int EVP_PKEY_derive(long context, byte[] secret, long[] length);

    static native long EVP_MD_CTX_new();

    static native void EVP_MD_CTX_free(long context);

    static native int EVP_DigestSignInit(long context, long keyContext, long digest, long engine, long key);

    static native int EVP_DigestSign(long context, byte[] signature, long[] length, byte[] data, long dataLength);

    static native int EVP_DigestVerifyInit(long context, long keyContext, long digest, long engine, long key);

    static native int EVP_DigestVerify(long context, byte[] signature, long length, byte[] data, long dataLength);

    static native long BN_bin2bn(byte[] bytes, int length, long into);

    static native int BN_bn2binpad(long number, byte[] bytes, int length);

    static native void BN_clear_free(long number);

    static native long BN_new();

    static native long BN_CTX_new();

    static native void BN_CTX_free(long context);

    static native int BN_mod_exp_mont_consttime(
            long result, long base, long exponent, long modulus, long context, long montgomery);
}
