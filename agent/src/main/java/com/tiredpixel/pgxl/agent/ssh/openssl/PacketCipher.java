package com.tiredpixel.pgxl.agent.ssh.openssl;

import java.util.Arrays;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;

/** Tells MINA the sizes, which are those of its own cipher of the same name. */
abstract class PacketCipher implements Cipher {
    private final BuiltinCiphers like;

    PacketCipher(BuiltinCiphers like) {
        this.like = like;
    }

    @Override
    public String getAlgorithm() {
        return like.getAlgorithm();
    }

    @Override
    public int getKeySize() {
        return like.getKeySize();
    }

    @Override
    public String getTransformation() {
        return like.getTransformation();
    }

    @Override
    public int getIVSize() {
        return like.getIVSize();
    }

    @Override
    public int getAuthenticationTagSize() {
        return like.getAuthenticationTagSize();
    }

    @Override
    public int getCipherBlockSize() {
        return like.getCipherBlockSize();
    }

    @Override
    public int getKdfSize() {
        return like.getKdfSize();
    }

    /** MINA hands over as many bytes as its derivation of keys makes at a time. */
    byte[] start(byte[] iv) {
        return Arrays.copyOf(iv, getIVSize());
    }

    byte[] key(byte[] key) {
        return Arrays.copyOf(key, getKdfSize());
    }

    @Override
    public String toString() {
        return like.getName() + " by libcrypto";
    }
}
