package com.tiredpixel.pgxl.agent.ssh;

import java.util.List;
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
 */
final class Algorithms {
    private Algorithms() {
    }

    /**
     * No NIST curves, and no group exchange, whose groups clients choose too small. Group 16 is for clients in
     * FIPS mode, which know no Curve25519; group 18 is left out, for one exchange costs the server eight times as
     * much and strangers may ask for as many as they like (DHEat, CVE-2002-20001).
     */
    static List<KeyExchangeFactory> keyExchanges(List<String> kinds) {
        return kinds.stream()
                .flatMap(kind -> exchangesOf(kind).stream())
                .map(ServerBuilder.DH2KEX)
                .toList();
    }

    /**
     * The hybrids of the first two are as strong as the stronger half. Classes of BouncyCastle are loaded when a
     * client and the server have agreed on one, so that those who never do pay nothing. OpenSSH asks for
     * {@code mlkem768} first since 10.0, and for {@code sntrup761} from 9.0 on, with which a login takes three
     * times as long; it is therefore left to whoever sets it.
     */
    private static List<DHFactory> exchangesOf(String kind) {
        return switch (kind) {
            case "mlkem768" -> List.of(BuiltinDHFactories.mlkem768x25519);
            case "sntrup761" -> List.of(
                    BuiltinDHFactories.sntrup761x25519, BuiltinDHFactories.sntrup761x25519_openssh);
            case "curve25519" -> List.of(BuiltinDHFactories.curve25519, BuiltinDHFactories.curve25519_libssh);
            case "group16" -> List.of(BuiltinDHFactories.dhg16_512);
            default -> throw new IllegalArgumentException("no such key exchange: " + kind);
        };
    }

    /**
     * Of host keys and of users. RSA with SHA-1 ({@code ssh-rsa}) is left out. ECDSA stands last: it is for
     * users who have such a key. As a host key it is offered only where {@code PGXL_SSH_HOST_KEYS} says so, for
     * hardening guides mistrust the NIST curves.
     */
    static List<NamedFactory<Signature>> signatures() {
        return List.of(
                BuiltinSignatures.ed25519,
                BuiltinSignatures.rsaSHA512,
                BuiltinSignatures.rsaSHA256,
                BuiltinSignatures.nistp256,
                BuiltinSignatures.nistp384,
                BuiltinSignatures.nistp521);
    }

    /** AES only: the processor does it, and ChaCha20 is what Terrapin attacked. */
    static List<NamedFactory<Cipher>> ciphers() {
        return List.of(
                BuiltinCiphers.aes128gcm,
                BuiltinCiphers.aes256gcm,
                BuiltinCiphers.aes256ctr,
                BuiltinCiphers.aes128ctr);
    }

    /** Encrypt-then-MAC only; GCM needs none. */
    static List<NamedFactory<Mac>> macs() {
        return List.of(BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm);
    }

    static List<NamedFactory<Compression>> compressions() {
        return List.of(BuiltinCompressions.none);
    }
}
