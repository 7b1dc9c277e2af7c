package com.tiredpixel.pgxl.agent.os.crypto;

/** Powers of large numbers, as the exchange of Diffie and Hellman has them; in constant time. */
public final class ModularPower {
    private final LibCrypto crypto;

    ModularPower(LibCrypto crypto) {
        this.crypto = crypto;
    }

    /**
     * All numbers are positive and without a sign, the highest byte first.
     *
     * @param modulus odd
     * @return base to the exponent, modulo the modulus, in as many bytes as that has
     * @throws CryptoException if libcrypto refuses
     */
    public byte[] compute(byte[] base, byte[] exponent, byte[] modulus) throws CryptoException {
        long x = number(base);
        long e = number(exponent);
        long m = number(modulus);
        long result = CryptoFunctions.BN_new();
        long context = CryptoFunctions.BN_CTX_new();
        try {
            byte[] power = new byte[modulus.length];
            if (x == 0 || e == 0 || m == 0 || result == 0 || context == 0
                    || CryptoFunctions.BN_mod_exp_mont_consttime(result, x, e, m, context, 0) != 1
                    || CryptoFunctions.BN_bn2binpad(result, power, power.length) != power.length) {
                throw crypto.problem("a power modulo " + modulus.length * 8 + " bits");
            }
            return power;
        } finally {
            for (long number : new long[] {x, e, m, result}) {
                CryptoFunctions.BN_clear_free(number);
            }
            CryptoFunctions.BN_CTX_free(context);
        }
    }

    private static long number(byte[] bytes) {
        return CryptoFunctions.BN_bin2bn(bytes, bytes.length, 0);
    }
}
