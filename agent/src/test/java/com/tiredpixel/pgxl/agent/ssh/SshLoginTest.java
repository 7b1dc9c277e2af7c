package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may log in, and what a key allows: tried with the real client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshLoginTest {
    private Stage stage;
    private AgentProcess agent;
    private int mark;
    private int tests;

    @BeforeAll
    void start() throws Exception {
        stage = Stage.set();
        agent = AgentProcess.open(stage);
    }

    @AfterAll
    void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    @BeforeEach
    void authorizeAgain() throws Exception {
        stage.ok("rm", "-rf", stage.home.resolve(".ssh").toString());
        Files.createDirectory(stage.home.resolve(".ssh"));
        stage.authorize(stage.publicKey("ed25519"));
        mark = agent.mark();
        tests++;
    }

    private Run.Result login() {
        return Peer.of(stage, agent).run("echo in");
    }

    /** Lines about refusals are limited for each address, so each test has one of its own. */
    private Run.Result loginFromElsewhere() {
        return Peer.of(stage, agent).with("-o", "BindAddress=127.0.1." + tests).run("echo in");
    }

    @Test
    void keysThatAreAddedLaterWorkAtTheNextAttempt() throws Exception {
        stage.authorize("");
        assertEquals(255, loginFromElsewhere().code());
        Files.delete(stage.home.resolve(".ssh/authorized_keys"));
        assertEquals(255, loginFromElsewhere().code());
        agent.awaitAfter(mark, "why", line -> line.contains("authorized_keys does not exist"));
        stage.authorize(stage.publicKey("ed25519"));
        assertEquals("in\n", login().out());
        stage.authorize(stage.publicKey("rsa"));
        assertEquals(255, loginFromElsewhere().code());
    }

    @ParameterizedTest
    @CsvSource({
        "., g+w", "., o+w", ".ssh, g+w", ".ssh, o+w", ".ssh/authorized_keys, g+w", ".ssh/authorized_keys, o+w"
    })
    void keysThatOthersCouldHaveWrittenAreRefusedAndTheLogSaysWhere(String path, String mode) throws Exception {
        assertEquals(0, login().code());
        stage.ok("chgrp", "daemon", stage.home.resolve(path).toString());
        stage.ok("chmod", mode, stage.home.resolve(path).toString());
        assertEquals(255, loginFromElsewhere().code());
        agent.awaitAfter(mark, "why", line -> line.contains("may be written by others than its owner"));
    }

    /** As Debian's OpenSSH does; what an fsGroup of Kubernetes leaves behind is no more than this. */
    @ParameterizedTest
    @ValueSource(strings = {".", ".ssh", ".ssh/authorized_keys"})
    void aGroupThatIsTheUsersOwnMayWrite(String path) throws Exception {
        stage.ok("chmod", "g+w", stage.home.resolve(path).toString());
        assertEquals("in\n", login().out());
        stage.ok("chown", "root", stage.home.resolve(path).toString());
        assertEquals("in\n", login().out(), "of root's directory with the user's group, as a volume of a pod is");
    }

    @Test
    void keysThatSomebodyElseOwnsAreRefused() throws Exception {
        stage.ok("chown", "nobody", stage.home.resolve(".ssh").toString());
        assertEquals(255, loginFromElsewhere().code());
        agent.awaitAfter(mark, "why", line -> line.contains(".ssh is owned by nobody, not by " + stage.user + " or root"));
    }

    @Test
    void keysThatRootOwnsAreTaken() throws Exception {
        stage.ok("chown", "-R", "root:root", stage.home.resolve(".ssh").toString());
        stage.ok("chmod", "-R", "a+rX", stage.home.resolve(".ssh").toString());
        assertEquals(0, login().code());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "from=\"127.0.0.1\" | true",
        "from=\"127.0.0.0/8\" | true",
        "from=\"10.0.0.0/8,127.0.0.?\" | true",
        "from=\"10.0.0.0/8\" | false",
        "from=\"*,!127.0.0.1\" | false",
        "from=\"127.0.0.1/8\" | false",
        "expiry-time=\"20990101\" | true",
        "expiry-time=\"20200101\" | false",
        "restrict | true",
        "no-port-forwarding,no-X11-forwarding,no-agent-forwarding,no-user-rc | true",
        "environment=\"A=b\" | true",
        "permitopen=\"h:1\",permitlisten=\"2222\",tunnel=\"0\" | true",
        "principals=\"x\",no-touch-required,verify-required | true",
        "permitopen | false",
        "environment=\"b\" | false",
        "cert-authority | false",
        "no-such-option | false",
        "from=\"127.0.0.1\",from=\"127.0.0.1\" | false"
    })
    void optionsOfAKeyAreObeyedOrTheKeyIsRefused(String options, boolean allowed) throws Exception {
        stage.authorize(options + " " + stage.publicKey("ed25519"));
        assertEquals(allowed ? 0 : 255, login().code());
    }

    @Test
    void theLogNamesTheLineThatRefusedAKey() throws Exception {
        stage.authorize("# comment", "no-such-option " + stage.publicKey("ed25519"));
        assertEquals(255, loginFromElsewhere().code());
        agent.awaitAfter(mark, "why", line -> line.contains(
                "option no-such-option is not supported, " + stage.homeThere + "/.ssh/authorized_keys line 2"));
    }

    @Test
    void aForcedCommandRunsInPlaceOfAnything() throws Exception {
        stage.authorize("command=\"echo \\\"forced\\\" ${SSH_ORIGINAL_COMMAND-none}\" " + stage.publicKey("ed25519"));
        Peer peer = Peer.of(stage, agent);
        assertEquals("forced rm -rf x\n", peer.run("rm -rf x").out());
        assertEquals("forced none\n", peer.script("$SSH </dev/null").out());
        assertEquals("forced sftp\n", peer.script("$SSH -s sftp").out());
        agent.awaitAfter(mark, "an audit", line -> line.contains("SSH_ORIGINAL_COMMAND-none}\", forced: exit 0"));
    }

    /** The word stands for the server's own SFTP: as a program of bash it is not there. */
    @ParameterizedTest
    @ValueSource(strings = {"internal-sftp", "internal-sftp -u 0077", "internal-sftp -d /"})
    void aKeyMayBeGoodForNothingButSftp(String command) throws Exception {
        stage.authorize("restrict,command=\"" + command + "\" " + stage.publicKey("ed25519"));
        Run.Result listing = Peer.of(stage, agent).script("echo 'ls /etc/passwd' | $SFTP -b - $HOST");
        assertEquals(0, listing.code(), listing::toString);
        assertTrue(listing.out().contains("/etc/passwd"), listing::toString);
        assertEquals("", Peer.of(stage, agent).script("$SSH id </dev/null").out(), "no other command runs");
    }

    @Test
    void sftpThatMayOnlyReadWritesNothing() throws Exception {
        stage.authorize("restrict,command=\"internal-sftp -R\" " + stage.publicKey("ed25519"));
        assertNotEquals(0, Peer.of(stage, agent).script("echo 'mkdir made' | $SFTP -b - $HOST").code());
        assertFalse(Files.exists(stage.home.resolve("made")));
    }

    @ParameterizedTest
    @CsvSource({"no-pty, false", "restrict, false", "'restrict,pty', true"})
    void aKeyMayBeDeniedATerminal(String options, boolean allowed) throws Exception {
        stage.authorize(options + " " + stage.publicKey("ed25519"));
        var line = Peer.of(stage, agent).ssh("-tt", "test -t 0 && echo terminal");
        Run.Result result = Run.run(stage.clientEnvironment(), stage.client, new byte[0], line);
        assertEquals(allowed, result.out().contains("terminal"), result::toString);
    }
}
