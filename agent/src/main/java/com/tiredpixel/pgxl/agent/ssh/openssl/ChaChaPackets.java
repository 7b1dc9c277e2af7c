package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.ChaCha20Poly1305;
import com.tiredpixel.pgxl.agent.os.crypto.CryptoException;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import org.apache.sshd.common.cipher.BuiltinCiphers;

/**
 * Packets under {@code chacha20-poly1305@openssh.com}, whose length is encrypted too. What MINA calls IV is the number of
 * the packet, because the algorithm is called ChaCha.
 */
final class ChaChaPackets extends SealedPackets {
    private final LibCrypto crypto;
    private ChaCha20Poly1305 cipher;

    ChaChaPackets(LibCrypto crypto, BuiltinCiphers like) {
        super(like);
        this.crypto = crypto;
    }

    @Override
    public void init(Mode mode, byte[] key, byte[] iv) {
        cipher = crypto.chaCha20Poly1305(key(key), start(iv));
        begin(mode, cipher);
    }

    /** The tag is over the length as it is on its way. */
    @Override
    public void updateAAD(byte[] data, int offset, int length) throws CryptoException {
        if (length != ChaCha20Poly1305.HEADER_BYTES) {
            throw new IllegalArgumentException("the length of a packet has 4 bytes, and this one " + length);
        }
        if (isDecrypting()) {
            note(data, offset, length);
            cipher.header(data, offset);
        } else {
            cipher.header(data, offset);
            note(data, offset, length);
        }
    }
}
