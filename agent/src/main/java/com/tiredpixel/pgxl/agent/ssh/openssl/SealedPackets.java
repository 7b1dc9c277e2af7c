package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.CryptoException;
import com.tiredpixel.pgxl.agent.os.crypto.PacketSeal;
import com.tiredpixel.pgxl.agent.os.crypto.Part;
import java.util.Arrays;
import org.apache.sshd.common.cipher.BuiltinCiphers;

/** Packets with a tag. MINA hands over the length of a packet and then asks for the rest, in two calls. */
abstract class SealedPackets extends PacketCipher {
    private Mode mode;
    private PacketSeal seal;
    private Part length = Part.NONE;

    SealedPackets(BuiltinCiphers like) {
        super(like);
    }

    void begin(Mode mode, PacketSeal seal) {
        this.mode = mode;
        this.seal = seal;
    }

    boolean isDecrypting() {
        return mode == Mode.Decrypt;
    }

    /** Notes what the tag is over besides; copied, for MINA may use the array for something else before it goes on. */
    void note(byte[] data, int offset, int length) {
        this.length = new Part(Arrays.copyOfRange(data, offset, offset + length), 0, length);
    }

    @Override
    public void update(byte[] input, int offset, int length) throws CryptoException {
        Part before = this.length;
        this.length = Part.NONE;
        if (isDecrypting()) {
            seal.open(before, input, offset, length);
        } else {
            seal.seal(before, input, offset, length);
        }
    }
}
