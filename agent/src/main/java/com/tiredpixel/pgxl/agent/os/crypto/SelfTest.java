package com.tiredpixel.pgxl.agent.os.crypto;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Known answers, so that a library of an unforeseen make or mode is found out before a client is let in. */
final class SelfTest {
    private static final HexFormat HEX = HexFormat.of();

    private final LibCrypto crypto;

    SelfTest(LibCrypto crypto) {
        this.crypto = crypto;
    }

    /** @return what is wrong */
    Optional<String> failure() {
        try {
            if (!gcm()) {
                return Optional.of("AES-GCM gives a wrong answer");
            } else if (!ctr()) {
                return Optional.of("AES-CTR gives a wrong answer");
            } else if (!chaCha()) {
                return Optional.of("ChaCha20 with Poly1305 gives a wrong answer");
            } else if (!hmac()) {
                return Optional.of("HMAC gives a wrong answer");
            } else if (!agreement()) {
                return Optional.of("X25519 gives a wrong answer");
            } else if (!signature()) {
                return Optional.of("Ed25519 gives a wrong answer");
            }
            return Optional.empty();
        } catch (CryptoException | RuntimeException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Test case 2 of McGrew and Viega's description of the mode. */
    private boolean gcm() throws CryptoException {
        byte[] packet = new byte[32];
        crypto.aesGcm(new byte[16], new byte[12]).seal(Part.NONE, packet, 0, 16);
        return same(packet, "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf");
    }

    /** NIST SP 800-38A, F.5.1. */
    private boolean ctr() throws CryptoException {
        byte[] block = HEX.parseHex("6bc1bee22e409f96e93d7e117393172a");
        crypto.aesCtr(HEX.parseHex("2b7e151628aed2a6abf7158809cf4f3c"), HEX.parseHex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"))
                .transform(block, 0, block.length);
        return same(block, "874d6191b620e3261bef6864990db6ce");
    }

    /** RFC 8439, A.1, test vector 2: the second block. The tag is MINA's, for OpenSSH and the RFC disagree about it. */
    private boolean chaCha() throws CryptoException {
        byte[] packet = new byte[32];
        crypto.chaCha20Poly1305(new byte[ChaCha20Poly1305.KEY_BYTES], new byte[ChaCha20Poly1305.NONCE_BYTES])
                .seal(Part.NONE, packet, 0, 16);
        return same(packet, "9f07e7be5551387a98ba977c732d080d241dcd4ecd7ef28b15fae96ca35e9b0f");
    }

    /** RFC 4231, test case 1, whose key of twenty bytes ends in nothing but zeros for HMAC. */
    private boolean hmac() throws CryptoException {
        byte[] key = Arrays.copyOf(HEX.parseHex("0b".repeat(20)), 32);
        byte[] code = new byte[32];
        crypto.hmacSha256(key).compute(
                List.of(new Part(HEX.parseHex("486920"), 0, 3), new Part(HEX.parseHex("5468657265"), 0, 5)), code, 0, 32);
        return same(code, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }

    /** RFC 7748, section 6.1. */
    private boolean agreement() throws CryptoException {
        byte[] shared = crypto.x25519(HEX.parseHex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"))
                .agree(HEX.parseHex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
        return same(shared, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    }

    /** RFC 8032, section 7.1, test 1, the key as PKCS #8 has it. */
    private boolean signature() throws CryptoException {
        byte[] signature = crypto.ed25519().sign(
                HEX.parseHex("302e020100300506032b657004220420"
                        + "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
                new byte[0]);
        return same(signature, "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                + "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    }

    private static boolean same(byte[] answer, String known) {
        return Arrays.equals(answer, HEX.parseHex(known));
    }
}
