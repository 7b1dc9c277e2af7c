package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.agent.ssh.peer.Message;
import com.tiredpixel.pgxl.agent.ssh.peer.SshPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that know no encrypt-then-MAC and no GCM, as libssh2 before 1.11. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshOldClientsTest {
    private static final String SPOKEN = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com";

    private Stage stage;
    private AgentProcess usual;

    @BeforeAll
    void set() throws Exception {
        stage = Stage.set();
        usual = AgentProcess.open(stage);
    }

    @AfterAll
    void strike() {
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void whoeverIsRefusedIsToldOfWithTheSettingThatWouldLetItIn() throws Exception {
        assertEquals(
                "no common MAC; PGXL_SSH_MACS with hmac-sha2-256 would let it in; it offers hmac-sha1,hmac-sha2-256;"
                        + " the server speaks " + SPOKEN,
                saidOf("hmac-sha1,hmac-sha2-256"));
    }

    @Test
    void whomNoSettingLetsInIsToldOfToo() throws Exception {
        assertEquals(
                "no common MAC; no setting lets it in; it offers hmac-sha1; the server speaks " + SPOKEN, saidOf("hmac-sha1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hmac-sha2-256", "hmac-sha2-512"})
    void withTheSettingTheyGetInByLibCryptoAndByJava(String mac) throws Exception {
        assertNotEquals(0, megabyte(usual, mac).code(), "not without");
        for (AgentProcess agent : List.of(AgentProcess.forOldClients(stage), AgentProcess.forOldClients(stage, "java"))) {
            Run.Result result = megabyte(agent, mac);
            assertEquals(7, result.code(), result.err());
            assertArrayEquals(bytes(), result.output());
            agent.close();
        }
    }

    /** A real one: {@code curl} of Debian 12 is built with libssh2 1.10, which knows none of the algorithms of the default. */
    @Test
    void curlWithAnOldLibssh2GetsAFileWithTheSettingAndIsToldOfWithoutIt() throws Exception {
        String version = Run.run(stage.clientEnvironment(), stage.client, new byte[0], List.of("sh", "-c", "curl --version")).out();
        assumeTrue(version.matches("(?s).*libssh2/1\\.([0-9]|10)\\..*"), "no curl with libssh2 before 1.11 here: " + version);
        int mark = usual.mark();
        assertNotEquals(0, curl(usual).code());
        usual.awaitAfter(mark, "which setting", said -> said.contains(
                ": no common MAC; PGXL_SSH_MACS with hmac-sha2-256 would let it in; it offers "));
        AgentProcess agent = AgentProcess.forOldClients(stage);
        Run.Result result = curl(agent);
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains(stage.publicKey("ed25519")), result.out());
        agent.close();
    }

    private Run.Result curl(AgentProcess agent) throws Exception {
        String key = stage.client.resolve("ed25519").toString();
        return Run.run(stage.clientEnvironment(), stage.client, new byte[0], List.of("curl", "-sS", "--insecure",
                "-u", stage.user + ":", "--key", key, "--pubkey", key + ".pub",
                "sftp://127.0.0.1:" + agent.port() + "/~/.ssh/authorized_keys"));
    }

    private Run.Result megabyte(AgentProcess agent, String mac) throws Exception {
        return Peer.of(stage, agent).with("-o", "MACs=" + mac, "-o", "Ciphers=aes128-ctr", "-o", "RekeyLimit=128K")
                .run(bytes(), "cat; exit 7");
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[1024 * 1024];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    /** Offers nothing but AES-CTR and these. @return why the server ends the connection */
    private String saidOf(String macs) throws Exception {
        int mark = usual.mark();
        try (SshPeer peer = SshPeer.connect(null, new InetSocketAddress(InetAddress.getLoopbackAddress(), usual.port()))) {
            peer.identify();
            peer.readIdentification();
            peer.send(proposal(macs));
            assertTrue(peer.isEnded());
        }
        String line = usual.awaitAfter(mark, "why it ended", said -> said.contains("ended the connection from 127.0.0.1"));
        assertTrue(usual.log().stream()
                .filter(other -> !other.startsWith("log DEBUG"))
                .noneMatch(other -> other.contains("Exception") || other.contains("Unable to negotiate")),
                () -> usual.log().toString());
        return line.replaceFirst("^.* port [0-9]+: ", "");
    }

    private static byte[] proposal(String macs) throws IOException {
        Message message = Message.of(Message.KEXINIT).raw(new byte[16]);
        List.of("curve25519-sha256", "ssh-ed25519", "aes128-ctr", "aes128-ctr", macs, macs, "none", "none", "", "")
                .forEach(message::string);
        return message.flag(false).number(0).bytes();
    }
}
