package com.tiredpixel.pgxl.agent.ssh.peer;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.List;
import javax.crypto.KeyAgreement;

/** The client's side of curve25519-sha256, RFC 8731. Who the server is it does not ask. */
final class KeyExchange {
    private static final String NAME = "curve25519-sha256";
    private static final List<String> OTHERS = List.of(
            "ssh-ed25519,rsa-sha2-512", "aes128-gcm@openssh.com", "aes128-gcm@openssh.com",
            "hmac-sha2-256-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "none", "none", "", "");
    private static final int SHARE = 32;

    private final byte[] proposal;
    private final KeyPair pair;
    private byte[] secret;
    private byte[] hash;

    KeyExchange(boolean strict) throws GeneralSecurityException {
        pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
        Message message = Message.of(Message.KEXINIT).raw(new byte[16])
                .string(strict ? NAME + ",kex-strict-c-v00@openssh.com" : NAME);
        OTHERS.forEach(message::string);
        proposal = message.flag(false).number(0).bytes();
    }

    byte[] proposal() {
        return proposal;
    }

    byte[] share() {
        return Message.of(Message.KEX_INIT).string(ours()).bytes();
    }

    private byte[] ours() {
        return littleEndian(((XECPublicKey) pair.getPublic()).getU());
    }

    void finish(String identification, String theirs, byte[] theirProposal, byte[] reply) throws GeneralSecurityException {
        ByteBuffer rest = ByteBuffer.wrap(reply, 1, reply.length - 1);
        byte[] hostKey = string(rest);
        byte[] share = string(rest);
        var agreement = KeyAgreement.getInstance("X25519");
        agreement.init(pair.getPrivate());
        agreement.doPhase(KeyFactory.getInstance("X25519").generatePublic(
                new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, reversed(share)))), true);
        secret = agreement.generateSecret();
        hash = digest(Message.empty().string(identification).string(theirs).string(proposal).string(theirProposal)
                .string(hostKey).string(ours()).string(share).mpint(secret));
    }

    byte[] hash() {
        return hash.clone();
    }

    /** RFC 4253, section 7.2. */
    byte[] key(char letter, int length, byte[] sessionId) throws GeneralSecurityException {
        return Arrays.copyOf(digest(Message.empty().mpint(secret).raw(hash).octet(letter).raw(sessionId)), length);
    }

    private static byte[] digest(Message message) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(message.bytes());
    }

    private static byte[] string(ByteBuffer from) {
        byte[] content = new byte[from.getInt()];
        from.get(content);
        return content;
    }

    private static byte[] littleEndian(BigInteger number) {
        byte[] big = number.toByteArray();
        byte[] little = new byte[SHARE];
        for (int i = 0; i < SHARE && i < big.length; i++) {
            little[i] = big[big.length - 1 - i];
        }
        return little;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }
}
