package com.tiredpixel.pgxl.agent.ssh.openssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import com.tiredpixel.pgxl.agent.ssh.SshServer;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.DHGroupData;
import org.apache.sshd.common.signature.Signature;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Shares and signatures that a stranger may send. */
class OpenSslAbuseTest {
    /** Before MINA is used for the first time in this JVM, whichever test comes first. */
    @BeforeAll
    static void load() {
        SshServer.loadLibrary();
    }

    private final LibCrypto crypto = ((LibCrypto.Loading.Loaded) LibCrypto.load()).crypto();

    private AbstractDH group16() throws Exception {
        return OpenSslExchanges.group16(crypto).create();
    }

    /** RFC 4253, section 8. */
    @Test
    void aShareOutsideOfTheGroupIsRefused() throws Exception {
        var prime = new BigInteger(1, DHGroupData.getP16());
        for (BigInteger share : List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                BigInteger.ONE.negate(),
                prime.subtract(BigInteger.ONE),
                prime,
                prime.add(BigInteger.TWO),
                prime.shiftLeft(64))) {
            AbstractDH ours = group16();
            ours.getE();
            ours.setF(share.toByteArray());
            assertThrows(Exception.class, ours::getK, () -> "share " + share.bitLength() + " bits");
        }
        AbstractDH empty = group16();
        empty.setF(new byte[0]);
        assertThrows(Exception.class, empty::getK);
    }

    @Test
    void twoSidesOfTheGroupShareASecret() throws Exception {
        AbstractDH ours = group16();
        AbstractDH theirs = org.apache.sshd.common.kex.BuiltinDHFactories.dhg16_512.create();
        ours.setF(theirs.getE());
        theirs.setF(ours.getE());
        assertArrayEquals(theirs.getK(), ours.getK());
    }

    @Test
    void aSignatureUnderTheNameOfAnotherAlgorithmIsRefused() throws Exception {
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        KeyPair edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        assertRefused(OpenSslSignatures.ed25519(crypto), rsa);
        assertRefused(OpenSslSignatures.rsaSha512(crypto), edwards);
        assertRefused(OpenSslSignatures.nistp256(crypto), rsa);
        var right = OpenSslSignatures.rsaSha512(crypto).create();
        right.initVerifier(null, rsa.getPublic());
    }

    private static void assertRefused(NamedFactory<Signature> algorithm, KeyPair pair) {
        var refused = assertThrows(
                InvalidKeyException.class, () -> algorithm.create().initVerifier(null, pair.getPublic()));
        assertTrue(refused.getMessage().startsWith(algorithm.getName()), refused::getMessage);
    }
}
