package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;

/** Factories of what encrypts and authenticates packets; names and sizes are those of MINA's own. */
public final class OpenSslCiphers {
    private OpenSslCiphers() {
    }

    /** @param like one of MINA's with AES in Galois/counter mode */
    public static NamedFactory<Cipher> gcm(LibCrypto crypto, BuiltinCiphers like) {
        return new Factory<>(like.getName(), () -> new GcmPackets(crypto, like));
    }

    /** OpenSSH's own, which its client asks for first. */
    public static NamedFactory<Cipher> chaCha20Poly1305(LibCrypto crypto) {
        BuiltinCiphers like = BuiltinCiphers.cc20p1305_openssh;
        return new Factory<>(like.getName(), () -> new ChaChaPackets(crypto, like));
    }

    /** @param like one of MINA's with AES in counter mode */
    public static NamedFactory<Cipher> ctr(LibCrypto crypto, BuiltinCiphers like) {
        return new Factory<>(like.getName(), () -> new CtrPackets(crypto, like));
    }

    /** @param like one of MINA's with SHA-256 or SHA-512 */
    public static NamedFactory<Mac> hmac(LibCrypto crypto, BuiltinMacs like) {
        return new Factory<>(like.getName(), () -> new HmacPackets(crypto, like));
    }
}
