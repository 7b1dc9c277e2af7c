package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.CryptoException;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import java.math.BigInteger;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.digest.Digest;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.DHGroupData;

/** One exchange of keys with the group of 4096 bits. */
final class Group16Exchange extends AbstractDH {
    /**
     * RFC 3526, section 8, estimates the strength of the group at 150 to 240 bits, and the exponent must have twice
     * as many; as long as the modulus it would cost eight times as much.
     */
    private static final int EXPONENT_BYTES = 512 / 8;
    private static final byte[] GENERATOR = {2};

    private final LibCrypto crypto;
    private final byte[] modulus = unsigned(new BigInteger(1, DHGroupData.getP16()));
    private final byte[] exponent;
    private byte[] peer;

    Group16Exchange(LibCrypto crypto) throws CryptoException {
        this.crypto = crypto;
        this.exponent = crypto.random(EXPONENT_BYTES);
    }

    @Override
    protected byte[] calculateE() throws CryptoException {
        return new BigInteger(1, crypto.modularPower().compute(GENERATOR, exponent, modulus)).toByteArray();
    }

    @Override
    public void setF(byte[] key) {
        peer = key;
    }

    /** RFC 4253, section 8: a key outside of 1 … p − 1 must not be accepted; 1 and p − 1 would make the secret known. */
    @Override
    protected byte[] calculateK() throws CryptoException {
        var key = new BigInteger(peer);
        var last = new BigInteger(1, modulus).subtract(BigInteger.ONE);
        if (key.compareTo(BigInteger.ONE) <= 0 || key.compareTo(last) >= 0) {
            throw new IllegalArgumentException("the client's key is outside of the group");
        }
        return stripLeadingZeroes(crypto.modularPower().compute(unsigned(key), exponent, modulus));
    }

    private static byte[] unsigned(BigInteger number) {
        return stripLeadingZeroes(number.toByteArray());
    }

    @Override
    public Digest getHash() {
        return BuiltinDigests.sha512.create();
    }
}
