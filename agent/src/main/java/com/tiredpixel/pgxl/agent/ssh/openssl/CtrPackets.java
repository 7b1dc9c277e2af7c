package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.AesCtr;
import com.tiredpixel.pgxl.agent.os.crypto.CryptoException;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import org.apache.sshd.common.cipher.BuiltinCiphers;

/** Packets under AES-CTR, authenticated by {@link HmacPackets}. */
final class CtrPackets extends PacketCipher {
    private final LibCrypto crypto;
    private AesCtr ctr;

    CtrPackets(LibCrypto crypto, BuiltinCiphers like) {
        super(like);
        this.crypto = crypto;
    }

    @Override
    public void init(Mode mode, byte[] key, byte[] iv) {
        ctr = crypto.aesCtr(key(key), start(iv));
    }

    @Override
    public void update(byte[] input, int offset, int length) throws CryptoException {
        ctr.transform(input, offset, length);
    }

    @Override
    public void updateAAD(byte[] data, int offset, int length) {
        throw new UnsupportedOperationException(this + " authenticates nothing");
    }
}
