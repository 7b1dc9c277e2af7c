package com.tiredpixel.pgxl.agent.ssh.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;

/** An Ed25519 key in a file of {@code ssh-keygen}, without a passphrase: PROTOCOL.key of OpenSSH. */
public final class Identity {
    public static final String TYPE = "ssh-ed25519";

    private final byte[] publicKey;
    private final PrivateKey privateKey;

    private Identity(byte[] publicKey, byte[] seed) throws GeneralSecurityException {
        this.publicKey = publicKey;
        this.privateKey = KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    }

    public static Identity read(Path file) throws IOException, GeneralSecurityException {
        String text = Files.readString(file).replaceAll("-----[^-]+-----|\\s", "");
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
        bytes.position("openssh-key-v1".length() + 1);
        String cipher = new String(string(bytes), StandardCharsets.US_ASCII);
        if (!cipher.equals("none")) {
            throw new IOException(file + " is encrypted by " + cipher);
        }
        string(bytes);
        string(bytes);
        bytes.getInt();
        string(bytes);
        ByteBuffer secret = ByteBuffer.wrap(string(bytes));
        secret.position(8);
        string(secret);
        byte[] publicKey = string(secret);
        byte[] seed = new byte[32];
        ByteBuffer.wrap(string(secret)).get(seed);
        return new Identity(publicKey, seed);
    }

    private static byte[] string(ByteBuffer from) {
        byte[] content = new byte[from.getInt()];
        from.get(content);
        return content;
    }

    /** @return the public key as it is sent */
    byte[] blob() {
        return Message.empty().string(TYPE).string(publicKey).bytes();
    }

    byte[] sign(byte[] data) throws GeneralSecurityException {
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(privateKey);
        signature.update(data);
        return Message.empty().string(TYPE).string(signature.sign()).bytes();
    }
}
