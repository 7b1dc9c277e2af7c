package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Both sides may ask for new keys, and in the same moment: OpenSSH's client and this server both do after a gigabyte under
 * ChaCha20, so at the end of every large file. Here they do it every 256 KiB.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshRekeyTest {
    private Stage stage;
    private AgentProcess agent;

    @BeforeAll
    void start() throws Exception {
        stage = Stage.set();
        agent = AgentProcess.rekeying(stage);
    }

    @AfterAll
    void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr"})
    void keysThatBothSidesAskForAreMadeAgainAndAgainAndNothingIsLost(String cipher) {
        Run.Result result = Peer.of(stage, agent)
                .with("-o", "Ciphers=" + cipher, "-o", "KexAlgorithms=curve25519-sha256", "-o", "RekeyLimit=256K")
                .script("""
                        $SSH 'head -c 40M /dev/zero' | cksum
                        head -c 10M /dev/zero | $SSH 'cksum'
                        head -c 10M /dev/zero | $SSH 'cat' | cksum
                        """);

        assertEquals(
                List.of("1961958409 41943040", "248556017 10485760", "248556017 10485760"),
                result.out().lines().toList(),
                result::toString);
        assertTrue(agent.log().stream().noneMatch(line -> line.contains("WARN")), () -> agent.log().toString());
    }
}
