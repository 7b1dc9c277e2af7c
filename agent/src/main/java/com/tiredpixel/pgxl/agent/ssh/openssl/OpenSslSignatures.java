package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.KeySignature;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;

/** Factories of signatures, of host keys and of users; names are those of MINA's own. */
public final class OpenSslSignatures {
    private OpenSslSignatures() {
    }

    /** RFC 8709. */
    public static NamedFactory<Signature> ed25519(LibCrypto crypto) {
        return factory(BuiltinSignatures.ed25519, crypto.ed25519(), SignatureForm.PLAIN);
    }

    /** RFC 8332. */
    public static NamedFactory<Signature> rsaSha256(LibCrypto crypto) {
        return factory(BuiltinSignatures.rsaSHA256, crypto.withSha256(), SignatureForm.PLAIN);
    }

    /** RFC 8332. */
    public static NamedFactory<Signature> rsaSha512(LibCrypto crypto) {
        return factory(BuiltinSignatures.rsaSHA512, crypto.withSha512(), SignatureForm.PLAIN);
    }

    /** RFC 5656. */
    public static NamedFactory<Signature> nistp256(LibCrypto crypto) {
        return factory(BuiltinSignatures.nistp256, crypto.withSha256(), SignatureForm.TWO_NUMBERS);
    }

    /** RFC 5656. */
    public static NamedFactory<Signature> nistp384(LibCrypto crypto) {
        return factory(BuiltinSignatures.nistp384, crypto.withSha384(), SignatureForm.TWO_NUMBERS);
    }

    /** RFC 5656. */
    public static NamedFactory<Signature> nistp521(LibCrypto crypto) {
        return factory(BuiltinSignatures.nistp521, crypto.withSha512(), SignatureForm.TWO_NUMBERS);
    }

    private static NamedFactory<Signature> factory(BuiltinSignatures like, KeySignature by, SignatureForm form) {
        return new Factory<>(like.getName(), () -> new OpenSslSignature(like, by, form));
    }
}
