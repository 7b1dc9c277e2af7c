package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import com.tiredpixel.pgxl.agent.ssh.openssl.OpenSslCiphers;
import com.tiredpixel.pgxl.agent.ssh.openssl.OpenSslExchanges;
import com.tiredpixel.pgxl.agent.ssh.openssl.OpenSslSignatures;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.compression.Compression;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.server.ServerBuilder;

/**
 * The algorithms that are spoken, best first; nothing else is. RFC 4253, section 7.1: the first of the client's
 * list that is here as well is taken, so the order matters to scanners and to clients without an opinion.
 *
 * <p>Strict key exchange, the countermeasure to Terrapin (CVE-2023-48795), is always on in MINA since 2.12.
 *
 * @param keyExchanges no NIST curves, and no group exchange, whose groups clients choose too small. Group 16 is for
 *     clients in FIPS mode, which know no Curve25519; group 18 is left out, because one exchange costs the server eight
 *     times as much and strangers may ask for as many as they like (DHEat, CVE-2002-20001)
 * @param signatures of host keys and of users. RSA with SHA-1 ({@code ssh-rsa}) is left out. ECDSA stands last: it is
 *     for users who have such a key. As a host key it is offered only where {@code PGXL_SSH_HOST_KEYS} says so, for
 *     hardening guides mistrust the NIST curves
 * @param ciphers authenticated ones first. ChaCha20 is what OpenSSH's client asks for first, and is there for it: what
 *     it would take otherwise is AES-CTR with a code of SHA-256, which costs both sides more time. A client that does
 *     not know strict key exchange is open to Terrapin under it, by which nothing is won here: without EXT_INFO it may
 *     try {@code ssh-rsa}, which is not spoken
 * @param macs encrypt-then-MAC only, unless {@code PGXL_SSH_MACS} says otherwise; GCM needs none
 */
record Algorithms(
        List<KeyExchangeFactory> keyExchanges,
        List<NamedFactory<Signature>> signatures,
        List<NamedFactory<Cipher>> ciphers,
        List<NamedFactory<Mac>> macs) {
    /** Those of BouncyCastle. */
    static final Set<String> POST_QUANTUM = Set.of("mlkem768", "sntrup761");


    /** Carried out by libcrypto if it can be used, else by the Java run time, of which the log is told. */
    static Algorithms best(
            List<String> exchanges, List<String> macs, LibCrypto.Loading loading, EventLog log) {
        if (loading instanceof LibCrypto.Loading.Loaded loaded) {
            return byLibCrypto(exchanges, macs, loaded.crypto());
        }
        log.warn("ssh", "SSH is encrypted by the Java run time, which is several times slower, because "
                + ((LibCrypto.Loading.Refused) loading).reason());
        return byJava(exchanges, macs);
    }

    /** By OpenSSL: quick, without a compiler that has to make it so first. */
    static Algorithms byLibCrypto(List<String> exchanges, List<String> macs, LibCrypto crypto) {
        return new Algorithms(
                keyExchanges(exchanges, like -> switch (like) {
                    case curve25519, curve25519_libssh -> OpenSslExchanges.curve25519(crypto, like);
                    case dhg16_512 -> OpenSslExchanges.group16(crypto);
                    default -> like;
                }),
                List.of(
                        OpenSslSignatures.ed25519(crypto),
                        OpenSslSignatures.rsaSha512(crypto),
                        OpenSslSignatures.rsaSha256(crypto),
                        OpenSslSignatures.nistp256(crypto),
                        OpenSslSignatures.nistp384(crypto),
                        OpenSslSignatures.nistp521(crypto)),
                List.of(
                        OpenSslCiphers.gcm(crypto, BuiltinCiphers.aes128gcm),
                        OpenSslCiphers.gcm(crypto, BuiltinCiphers.aes256gcm),
                        OpenSslCiphers.chaCha20Poly1305(crypto),
                        OpenSslCiphers.ctr(crypto, BuiltinCiphers.aes256ctr),
                        OpenSslCiphers.ctr(crypto, BuiltinCiphers.aes128ctr)),
                macs(macs, like -> OpenSslCiphers.hmac(crypto, like)));
    }

    /** By the Java run time. */
    static Algorithms byJava(List<String> exchanges, List<String> macs) {
        return new Algorithms(
                keyExchanges(exchanges, like -> like),
                List.of(
                        BuiltinSignatures.ed25519,
                        BuiltinSignatures.rsaSHA512,
                        BuiltinSignatures.rsaSHA256,
                        BuiltinSignatures.nistp256,
                        BuiltinSignatures.nistp384,
                        BuiltinSignatures.nistp521),
                List.of(
                        BuiltinCiphers.aes128gcm,
                        BuiltinCiphers.aes256gcm,
                        BuiltinCiphers.cc20p1305_openssh,
                        BuiltinCiphers.aes256ctr,
                        BuiltinCiphers.aes128ctr),
                macs(macs, like -> like));
    }

    private static List<KeyExchangeFactory> keyExchanges(
            List<String> exchanges, Function<BuiltinDHFactories, DHFactory> carriedOut) {
        return exchanges.stream()
                .flatMap(kind -> exchangesOf(kind).stream())
                .map(carriedOut)
                .map(ServerBuilder.DH2KEX)
                .toList();
    }

    /**
     * The hybrids of the first two are as strong as the stronger half. Classes of BouncyCastle are loaded where one is
     * offered, and nowhere else ({@link FirstLogin}). OpenSSH asks for
     * {@code mlkem768} first since 10.0, and for {@code sntrup761} from 9.0 on, with which a login takes three
     * times as long; it is therefore left to whoever sets it.
     */
    static List<BuiltinDHFactories> exchangesOf(String kind) {
        return switch (kind) {
            case "mlkem768" -> List.of(BuiltinDHFactories.mlkem768x25519);
            case "sntrup761" -> List.of(
                    BuiltinDHFactories.sntrup761x25519, BuiltinDHFactories.sntrup761x25519_openssh);
            case "curve25519" -> List.of(BuiltinDHFactories.curve25519, BuiltinDHFactories.curve25519_libssh);
            case "group16" -> List.of(BuiltinDHFactories.dhg16_512);
            default -> throw new IllegalArgumentException("no such key exchange: " + kind);
        };
    }

    private static List<NamedFactory<Mac>> macs(
            List<String> kinds, Function<BuiltinMacs, NamedFactory<Mac>> carriedOut) {
        return kinds.stream().map(Algorithms::mac).map(carriedOut).toList();
    }

    /** The kind is the name, without the domain of OpenSSH. */
    static BuiltinMacs mac(String kind) {
        return switch (kind) {
            case "hmac-sha2-256-etm" -> BuiltinMacs.hmacsha256etm;
            case "hmac-sha2-512-etm" -> BuiltinMacs.hmacsha512etm;
            case "hmac-sha2-256" -> BuiltinMacs.hmacsha256;
            case "hmac-sha2-512" -> BuiltinMacs.hmacsha512;
            default -> throw new IllegalArgumentException("no such MAC: " + kind);
        };
    }

    /** None: it costs more than it brings, and has been a way in. */
    static List<NamedFactory<Compression>> compressions() {
        return List.of(BuiltinCompressions.none);
    }
}
