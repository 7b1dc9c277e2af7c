package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.digest.Digest;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.BuiltinKEM;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
import org.apache.sshd.common.kex.MontgomeryCurve;
import org.apache.sshd.common.kex.XDH;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The hybrid key exchanges, asked for by a client of another make than OpenSSH, which can be made to err. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostQuantumTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final UnaryOperator<byte[]> AS_IT_IS = bytes -> bytes;

    private Stage stage;
    private AgentProcess agent;
    private KeyPair key;

    @BeforeAll
    void start() throws Exception {
        Ed25519.install();
        stage = Stage.set();
        agent = AgentProcess.open(stage);
        agent.await("an RSA key", line -> line.contains("ssh_host_rsa_key"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        key = generator.generateKeyPair();
        stage.authorize(PublicKeyEntry.toString(key.getPublic()));
    }

    @AfterAll
    void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    /** @return the exchange that was agreed on, after a login and a command */
    private String login(DHFactory exchange) throws IOException {
        try (SshClient client = SshClient.setUpDefaultClient()) {
            client.setKeyExchangeFactories(List.of(ClientBuilder.DH2KEX.apply(exchange)));
            client.setSignatureFactories(List.of(BuiltinSignatures.rsaSHA512));
            client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
            client.start();
            try (ClientSession session =
                    client.connect(stage.user, "127.0.0.1", agent.port()).verify(PATIENCE).getSession()) {
                session.addPublicKeyIdentity(key);
                session.auth().verify(PATIENCE);
                assertEquals("in\n", session.executeRemoteCommand("echo in"));
                return session.getNegotiatedKexParameter(KexProposalOption.ALGORITHMS);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"mlkem768x25519", "sntrup761x25519", "sntrup761x25519_openssh"})
    void aClientThatAsksForOneIsServed(BuiltinDHFactories exchange) throws IOException {
        assertEquals(exchange.getName(), login(exchange));
    }

    /** Both secrets go into the key: neither the new kind nor the old one alone carries the exchange. */
    @Test
    void aCiphertextThatWasChangedOnItsWayFailsTheExchange() {
        assertFails("(?s).*signature verification failed.*", new Erring(AS_IT_IS, flipped(100), AS_IT_IS));
    }

    @Test
    void aShareThatWasChangedOnItsWayFailsTheExchange() {
        assertFails("(?s).*signature verification failed.*", new Erring(AS_IT_IS, AS_IT_IS, flipped(3)));
    }

    /** Section 7.2 of FIPS 203: coefficients of an encapsulation key are below 3329. */
    @Test
    void anEncapsulationKeyOutOfItsRangeIsRefused() {
        assertRefused("Modulus check failed", new Erring(bytes -> {
            bytes[0] = (byte) 0xff;
            bytes[1] = (byte) 0xff;
            return bytes;
        }, AS_IT_IS, AS_IT_IS));
    }

    /** RFC 8731, section 3: a secret that is all zeros, as from a point of small order, ends the exchange. */
    @Test
    void aShareOfSmallOrderIsRefused() {
        assertRefused("Point has small order", new Erring(AS_IT_IS, AS_IT_IS, bytes -> new byte[bytes.length]));
    }

    @Test
    void aShareThatIsTooShortOrTooLongIsRefused() {
        assertRefused("(should be 1216 bytes): 1215", new Erring(AS_IT_IS, AS_IT_IS, bytes -> Arrays.copyOf(bytes, bytes.length - 1)));
        assertRefused("(should be 1216 bytes): 1217", new Erring(AS_IT_IS, AS_IT_IS, bytes -> Arrays.copyOf(bytes, bytes.length + 1)));
    }

    /** Negative control of the five above: it is the error that fails, not the client that can err. */
    @Test
    void theSameClientWithoutAnErrorIsServed() throws IOException {
        assertEquals("mlkem768x25519-sha256", login(new Erring(AS_IT_IS, AS_IT_IS, AS_IT_IS)));
    }

    private void assertFails(String reason, Erring exchange) {
        int mark = agent.mark();
        IOException problem = assertThrows(IOException.class, () -> login(exchange));
        assertTrue(String.valueOf(problem.getMessage()).matches(reason), problem::toString);
        assertDoesNotThrow(() -> login(BuiltinDHFactories.curve25519), "others are served");
        List<String> loud = agent.log().stream().skip(mark).filter(line -> line.matches(".*(WARN|ERROR).*")).toList();
        assertTrue(loud.size() <= 1, loud::toString);
    }

    /** @param reason in the words of the server's log */
    private void assertRefused(String reason, Erring exchange) {
        int mark = agent.mark();
        assertFails("(?s).*", exchange);
        agent.awaitAfter(mark, reason, line -> line.contains(reason));
    }

    private static UnaryOperator<byte[]> flipped(int position) {
        return bytes -> {
            bytes[position] ^= 1;
            return bytes;
        };
    }

    /** {@code mlkem768x25519-sha256} whose messages are changed on their way. */
    private record Erring(
            UnaryOperator<byte[]> encapsulationKey, UnaryOperator<byte[]> ciphertext, UnaryOperator<byte[]> share)
            implements DHFactory {

        @Override
        public String getName() {
            return BuiltinDHFactories.mlkem768x25519.getName();
        }

        @Override
        public boolean isSupported() {
            return true;
        }

        @Override
        public boolean isGroupExchange() {
            return false;
        }

        @Override
        public AbstractDH create(Object... parameters) throws Exception {
            return new XDH(MontgomeryCurve.x25519, true) {
                @Override
                protected byte[] calculateE() throws Exception {
                    return share.apply(super.calculateE());
                }

                @Override
                public KeyEncapsulationMethod getKeyEncapsulation() {
                    return new Method();
                }

                @Override
                public Digest getHash() {
                    return BuiltinDigests.sha256.create();
                }
            };
        }

        private final class Method implements KeyEncapsulationMethod {
            @Override
            public Client getClient() {
                Client inner = BuiltinKEM.mlkem768.getClient();
                return new Client() {
                    @Override
                    public void init() {
                        inner.init();
                    }

                    @Override
                    public byte[] getPublicKey() {
                        return encapsulationKey.apply(inner.getPublicKey());
                    }

                    @Override
                    public byte[] extractSecret(byte[] encapsulated) {
                        return inner.extractSecret(ciphertext.apply(encapsulated));
                    }

                    @Override
                    public int getEncapsulationLength() {
                        return inner.getEncapsulationLength();
                    }
                };
            }

            @Override
            public Server getServer() {
                throw new UnsupportedOperationException("a client only");
            }
        }
    }
}
