package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Where the agent differs from OpenSSH's server on purpose: what both do, and why. */
@Tag("parity")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshDifferencesTest {
    /** PATH has the programs of Postgres-XL in it; there is no mail; the container's own settings are there. */
    static final Set<String> ENVIRONMENT = Set.of("PATH", "MAIL", "PGXL_TEST");

    private Stage stage;
    private Peer agent;
    private Peer openSsh;

    @BeforeAll
    void start() throws Exception {
        stage = Stage.set();
        openSsh = Peer.of(stage, OpenSshProcess.start(stage));
        agent = Peer.of(stage, AgentProcess.open(stage));
    }

    @AfterAll
    void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void sessionsHaveTheContainersPathAndSettings() {
        assertEquals(AgentProcess.PATH + " from the container\n", agent.run("echo $PATH $PGXL_TEST").out());
        assertEquals("/usr/local/bin:/usr/bin:/bin:/usr/games\n", openSsh.run("echo $PATH $PGXL_TEST").out());
    }

    /** A file that the user can write is not run in the user's name before every command. */
    @Test
    void theUsersRcFileIsNotRun() throws Exception {
        Files.writeString(stage.home.resolve(".ssh/rc"), "echo from rc\n");
        stage.own();
        try {
            assertEquals("hi\n", agent.run("echo hi").out());
            assertEquals("from rc\nhi\n", openSsh.run("echo hi").out());
        } finally {
            Files.delete(stage.home.resolve(".ssh/rc"));
        }
    }

    /** NIST SP 800-131A; OpenSSH 9.2 takes RSA keys from 1024 bits. */
    @Test
    void shortRsaKeysAreRefused() throws Exception {
        stage.makeKey("rsa1024", "rsa", "-b", "1024");
        String before = Files.readString(stage.home.resolve(".ssh/authorized_keys"));
        stage.authorize(before, stage.publicKey("rsa1024"));
        String key = stage.client.resolve("rsa1024").toString();
        assertEquals(255, agent.with("-i", key).run("true").code());
        assertEquals(0, openSsh.with("-i", key).run("true").code());
    }

    /** The owner of a terminal is the user anyway; root would be needed to give it to the group tty. */
    @Test
    void aTerminalHasTheModeThatItsFileSystemGivesIt() {
        Run.Result result = Run.run(
                stage.clientEnvironment(), stage.client, new byte[0], agent.ssh("-tt", "stat -c '%U %a' $(tty)"));
        assertTrue(result.out().matches(stage.user + " 6[02]0\r\n"), result::toString);
    }

    /** Passwords cannot be had, so there is no second method to fall back to. */
    @Test
    void thereIsOneWayToLogIn() {
        assertTrue(agent.with("-i", "/none").run("true").err().contains("(publickey)"));
    }
}
