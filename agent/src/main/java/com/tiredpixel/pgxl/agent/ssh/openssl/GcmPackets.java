package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.AesGcm;
import com.tiredpixel.pgxl.agent.os.crypto.CryptoException;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import com.tiredpixel.pgxl.agent.os.crypto.Part;
import java.util.Arrays;
import org.apache.sshd.common.cipher.BuiltinCiphers;

/** Packets under AES-GCM. MINA authenticates the length of a packet and then asks for the rest, in two calls. */
final class GcmPackets extends PacketCipher {
    private final LibCrypto crypto;
    private Mode mode;
    private AesGcm gcm;
    private Part legible = Part.NONE;

    GcmPackets(LibCrypto crypto, BuiltinCiphers like) {
        super(like);
        this.crypto = crypto;
    }

    @Override
    public void init(Mode mode, byte[] key, byte[] iv) {
        this.mode = mode;
        this.gcm = crypto.aesGcm(key(key), start(iv));
    }

    /** It is four bytes long, and MINA may use the array for something else before it goes on. */
    @Override
    public void updateAAD(byte[] data, int offset, int length) {
        legible = new Part(Arrays.copyOfRange(data, offset, offset + length), 0, length);
    }

    @Override
    public void update(byte[] input, int offset, int length) throws CryptoException {
        Part before = legible;
        legible = Part.NONE;
        work(before, input, offset, length);
    }

    @Override
    public void updateWithAAD(byte[] input, int offset, int legibleLength, int length) throws CryptoException {
        work(new Part(input, offset, legibleLength), input, offset + legibleLength, length);
    }

    private void work(Part before, byte[] buffer, int offset, int length) throws CryptoException {
        if (mode == Mode.Decrypt) {
            gcm.open(before, buffer, offset, length);
        } else {
            gcm.seal(before, buffer, offset, length);
        }
    }
}
