package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.KeySignature;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAKey;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** One signature, made or verified. What is signed is a few hundred bytes long, so they are collected. */
final class OpenSslSignature implements Signature {
    private final BuiltinSignatures like;
    private final KeySignature by;
    private final SignatureForm form;
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private PrivateKey privateKey;
    private PublicKey publicKey;

    OpenSslSignature(BuiltinSignatures like, KeySignature by, SignatureForm form) {
        this.like = like;
        this.by = by;
        this.form = form;
    }

    @Override
    public String getAlgorithm() {
        return like.getName();
    }

    @Override
    public String getSshAlgorithmName(String negotiated) {
        return like.getName();
    }

    /** The algorithm is named by the client, and so is the type of the key. */
    @Override
    public void initVerifier(SessionContext session, PublicKey key) throws InvalidKeyException {
        String wanted = KeyUtils.getCanonicalKeyType(like.getName());
        if (!wanted.equals(KeyUtils.getKeyType(key))) {
            throw new InvalidKeyException(like.getName() + " needs a key of type " + wanted + ", and this one is "
                    + KeyUtils.getKeyType(key));
        }
        publicKey = key;
    }

    @Override
    public void initSigner(SessionContext session, PrivateKey key) {
        privateKey = key;
    }

    @Override
    public void update(SessionContext session, byte[] bytes, int offset, int length) {
        data.write(bytes, offset, length);
    }

    @Override
    public byte[] sign(SessionContext session) throws Exception {
        return form.toSsh(by.sign(privateKey.getEncoded(), data.toByteArray()));
    }

    /** Clients send the name of the algorithm, and then the signature. */
    @Override
    public boolean verify(SessionContext session, byte[] signature) throws Exception {
        Buffer parts = new ByteArrayBuffer(signature);
        String name = parts.getString(StandardCharsets.US_ASCII);
        byte[] bare = parts.getBytes();
        if (!like.getName().equals(name) || parts.available() > 0) {
            return false;
        }
        return by.verify(publicKey.getEncoded(), data.toByteArray(), form.fromSsh(whole(bare)));
    }

    /** Some clients leave zeros out that an RSA signature begins with, RFC 8332, section 3. */
    private byte[] whole(byte[] bare) {
        if (publicKey instanceof RSAKey rsa) {
            int missing = (rsa.getModulus().bitLength() + 7) / 8 - bare.length;
            if (missing > 0) {
                byte[] padded = new byte[missing + bare.length];
                System.arraycopy(bare, 0, padded, missing, bare.length);
                return padded;
            }
        }
        return bare;
    }

    @Override
    public String toString() {
        return like.getName() + " by libcrypto";
    }
}
