package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.ChaCha20Poly1305;
import com.tiredpixel.pgxl.agent.os.crypto.CryptoException;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import com.tiredpixel.pgxl.agent.os.crypto.Part;
import java.util.Arrays;
import org.apache.sshd.common.cipher.BuiltinCiphers;

/**
 * Packets under {@code chacha20-poly1305@openssh.com}. MINA has the length of a packet decrypted and then asks for the
 * rest, in two calls; what it calls IV is the number of the packet, because the algorithm is called ChaCha.
 */
final class ChaChaPackets extends PacketCipher {
    private final LibCrypto crypto;
    private Mode mode;
    private ChaCha20Poly1305 cipher;
    private Part header = Part.NONE;

    ChaChaPackets(LibCrypto crypto, BuiltinCiphers like) {
        super(like);
        this.crypto = crypto;
    }

    @Override
    public void init(Mode mode, byte[] key, byte[] iv) {
        this.mode = mode;
        this.cipher = crypto.chaCha20Poly1305(key(key), start(iv));
    }

    /** The tag is over what came, and MINA may use the array for something else before it goes on. */
    @Override
    public void updateAAD(byte[] data, int offset, int length) throws CryptoException {
        if (length != ChaCha20Poly1305.HEADER_BYTES) {
            throw new IllegalArgumentException("the length of a packet has 4 bytes, and this one " + length);
        }
        byte[] asItCame = Arrays.copyOfRange(data, offset, offset + length);
        cipher.header(data, offset);
        byte[] encrypted = mode == Mode.Decrypt ? asItCame : Arrays.copyOfRange(data, offset, offset + length);
        header = new Part(encrypted, 0, length);
    }

    @Override
    public void update(byte[] input, int offset, int length) throws CryptoException {
        Part before = header;
        header = Part.NONE;
        if (mode == Mode.Decrypt) {
            cipher.open(before, input, offset, length);
        } else {
            cipher.seal(before, input, offset, length);
        }
    }

    @Override
    public void updateWithAAD(byte[] input, int offset, int headerLength, int length) throws CryptoException {
        updateAAD(input, offset, headerLength);
        update(input, offset + headerLength, length);
    }
}
