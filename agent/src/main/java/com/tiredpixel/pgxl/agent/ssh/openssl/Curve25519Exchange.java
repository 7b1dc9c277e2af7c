package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.CryptoException;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import com.tiredpixel.pgxl.agent.os.crypto.X25519;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.digest.Digest;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.util.buffer.Buffer;

/** One exchange of keys on Curve25519. */
final class Curve25519Exchange extends AbstractDH {
    private final X25519 own;
    private byte[] peer;

    Curve25519Exchange(LibCrypto crypto) throws CryptoException {
        own = crypto.x25519();
    }

    @Override
    protected byte[] calculateE() throws CryptoException {
        return own.publicKey();
    }

    @Override
    public void setF(byte[] key) {
        peer = key;
    }

    /** RFC 8731, section 3.1: the secret is a number; MINA puts the sign before it where one is needed. */
    @Override
    protected byte[] calculateK() throws CryptoException {
        return stripLeadingZeroes(own.agree(peer));
    }

    /** RFC 8731, section 3: keys go as strings, not as numbers. */
    @Override
    public void putE(Buffer buffer, byte[] key) {
        buffer.putBytes(key);
    }

    @Override
    public void putF(Buffer buffer, byte[] key) {
        buffer.putBytes(key);
    }

    @Override
    public Digest getHash() {
        return BuiltinDigests.sha256.create();
    }
}
