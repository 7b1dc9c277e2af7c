package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import org.apache.sshd.common.cipher.BuiltinCiphers;

/** Packets under AES-GCM, whose length is legible. */
final class GcmPackets extends SealedPackets {
    private final LibCrypto crypto;

    GcmPackets(LibCrypto crypto, BuiltinCiphers like) {
        super(like);
        this.crypto = crypto;
    }

    @Override
    public void init(Mode mode, byte[] key, byte[] iv) {
        begin(mode, crypto.aesGcm(key(key), start(iv)));
    }

    @Override
    public void updateAAD(byte[] data, int offset, int length) {
        note(data, offset, length);
    }
}
