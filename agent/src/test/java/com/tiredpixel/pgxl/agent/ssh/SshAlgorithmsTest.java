package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every algorithm that is offered works with the real client, by libcrypto and by the Java run time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshAlgorithmsTest {
    private Stage stage;
    private List<AgentProcess> both;

    @BeforeAll
    void start() throws Exception {
        stage = Stage.set();
        both = List.of(AgentProcess.open(stage), AgentProcess.withoutLibCrypto(stage));
    }

    @AfterAll
    void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    /** A megabyte there and back, with the keys made anew every 128 KiB. */
    private void works(String option, String algorithm, String... more) {
        byte[] bytes = new byte[1024 * 1024];
        new Random(algorithm.hashCode()).nextBytes(bytes);
        for (AgentProcess agent : both) {
            agent.await("an RSA key", line -> line.contains("ssh_host_rsa_key"));
            var options = new ArrayList<>(List.of("-o", option + "=" + algorithm, "-o", "RekeyLimit=128K"));
            options.addAll(List.of(more));
            Run.Result result = Peer.of(stage, agent).with(options.toArray(String[]::new)).run(bytes, "cat; exit 7");
            assertEquals(7, result.code(), algorithm + ": " + result.err());
            assertArrayEquals(bytes, result.output(), algorithm);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-ctr", "aes256-ctr"
    })
    void everyCipherCarriesAMegabyte(String cipher) {
        works("Ciphers", cipher);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"})
    void everyCodeOfMessagesCarriesAMegabyte(String code) {
        works("MACs", code, "-o", "Ciphers=aes256-ctr");
    }

    @ParameterizedTest
    @ValueSource(strings = {"curve25519-sha256", "curve25519-sha256@libssh.org", "diffie-hellman-group16-sha512"})
    void everyKeyExchangeMakesKeysAgainAndAgain(String exchange) {
        works("KexAlgorithms", exchange);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256", "ecdsa-sha2-nistp256"})
    void everyHostKeySigns(String type) {
        works("HostKeyAlgorithms", type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "rsa", "ecdsa"})
    void everyKeyOfAUserLogsIn(String key) {
        works("PubkeyAuthentication", "yes", "-i", stage.client.resolve(key).toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {384, 521})
    void longerKeysOfEcdsaLogInToo(int bits) throws Exception {
        stage.makeKey("ecdsa" + bits, "ecdsa", "-b", Integer.toString(bits));
        stage.authorize(
                stage.publicKey("ed25519"), stage.publicKey("rsa"), stage.publicKey("ecdsa"),
                stage.publicKey("ecdsa" + bits));
        works("PubkeyAuthentication", "yes", "-i", stage.client.resolve("ecdsa" + bits).toString());
    }

    @Test
    void theOneIsServedByLibCryptoAndTheOtherIsNot() {
        // The session's own ciphers cannot be seen from outside; what the server said at its start can.
        assertTrue(both.get(0).log().contains("crypto: libcrypto"), () -> both.get(0).log().toString());
        assertTrue(both.get(1).log().contains("crypto: java"), () -> both.get(1).log().toString());
    }
}
