package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.CryptoException;
import com.tiredpixel.pgxl.agent.os.crypto.Hmac;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import com.tiredpixel.pgxl.agent.os.crypto.Part;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;

/**
 * Codes of packets. MINA asks for one right after it has handed over the number of the packet and the packet, so the
 * parts are remembered, not copied.
 */
final class HmacPackets implements Mac {
    private final LibCrypto crypto;
    private final BuiltinMacs like;
    private final List<Part> parts = new ArrayList<>(2);
    private Hmac hmac;

    HmacPackets(LibCrypto crypto, BuiltinMacs like) {
        this.crypto = crypto;
        this.like = like;
    }

    @Override
    public void init(byte[] key) {
        byte[] exact = Arrays.copyOf(key, getDefaultBlockSize());
        boolean longer = like.getAlgorithm().equals(BuiltinMacs.hmacsha512.getAlgorithm());
        hmac = longer ? crypto.hmacSha512(exact) : crypto.hmacSha256(exact);
    }

    @Override
    public void updateUInt(long number) {
        update(ByteBuffer.allocate(Integer.BYTES).putInt((int) number).array(), 0, Integer.BYTES);
    }

    @Override
    public void update(byte[] buffer, int start, int length) {
        parts.add(new Part(buffer, start, length));
    }

    @Override
    public void doFinal(byte[] buffer, int offset) throws CryptoException {
        try {
            hmac.compute(parts, buffer, offset, getBlockSize());
        } finally {
            parts.clear();
        }
    }

    @Override
    public String getAlgorithm() {
        return like.getAlgorithm();
    }

    @Override
    public int getBlockSize() {
        return like.getBlockSize();
    }

    @Override
    public int getDefaultBlockSize() {
        return like.getDefaultBlockSize();
    }

    @Override
    public boolean isEncryptThenMac() {
        return like.isEncryptThenMac();
    }
}
