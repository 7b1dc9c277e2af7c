package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, refusals and what a session may not have: the client sees the same as with OpenSSH's server. */
@Tag("parity")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshLoginParityTest {
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

    private Run.Result same(Function<Peer, Run.Result> action) {
        Run.Result expected = action.apply(openSsh);
        Run.Result actual = action.apply(agent);
        assertEquals(expected, actual, () -> "OpenSSH: " + expected + "\nthe agent: " + actual);
        return actual;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa", "stranger"})
    void aKeyOfEachTypeLogsInAndAStrangersDoesNot(String key) {
        same(peer -> peer.with("-i", stage.client.resolve(key).toString()).run("echo in"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"256", "384", "521"})
    void ecdsaKeysOfEveryCurveLogIn(String bits) throws Exception {
        if (!java.nio.file.Files.exists(stage.client.resolve("ec" + bits))) {
            stage.makeKey("ec" + bits, "ecdsa", "-b", bits);
        }
        var before = java.nio.file.Files.readString(stage.home.resolve(".ssh/authorized_keys"));
        stage.authorize(before, stage.publicKey("ec" + bits));
        Run.Result result = same(peer -> peer.with("-i", stage.client.resolve("ec" + bits).toString()).run("echo in"));
        assertEquals(0, result.code(), result::toString);
    }

    @Test
    void otherUsersAndNoKeyAreRefusedInTheSameWords() {
        same(peer -> clean(peer.script("ssh ${SSH#ssh} true; ssh ${SSH% *} root@127.0.0.1 true")));
        same(peer -> clean(peer.script("ssh ${SSH% *} nobody@127.0.0.1 true")));
        same(peer -> peer.with("-i", "/none", "-o", "PubkeyAuthentication=no").run("true"));
    }

    @Test
    void noPasswordIsEverAskedFor() {
        same(peer -> {
            Run.Result result = peer.with("-i", "/none", "-o", "BatchMode=no", "-o", "LogLevel=DEBUG1",
                    "-o", "PreferredAuthentications=password,keyboard-interactive,publickey").run("true");
            String offered = result.err().lines()
                    .map(line -> line.replace("\r", ""))
                    .filter(line -> line.contains("Authentications that can continue") || line.contains("denied"))
                    .distinct()
                    .collect(Collectors.joining("\n"));
            return new Run.Result(result.code(), result.output(), offered.getBytes(StandardCharsets.UTF_8));
        });
    }

    @Test
    void tooManyWrongKeysEndTheConnectionAtTheSameOne() throws Exception {
        var keys = new java.util.ArrayList<String>();
        for (int i = 1; i <= 7; i++) {
            if (!java.nio.file.Files.exists(stage.client.resolve("wrong" + i))) {
                stage.makeKey("wrong" + i, "ed25519");
            }
            keys.addAll(List.of("-i", stage.client.resolve("wrong" + i).toString()));
        }
        var fifth = new java.util.ArrayList<>(keys.subList(0, 10));
        fifth.addAll(List.of("-i", stage.client.resolve("ed25519").toString()));
        assertEquals(0, same(peer -> clean(peer.with(fifth.toArray(String[]::new)).run("echo in"))).code());
        keys.addAll(10, List.of("-o", "IdentitiesOnly=yes"));
        assertEquals(255, same(peer -> clean(peer.with(keys.toArray(String[]::new)).run("echo in"))).code());
    }

    /** Ports and names of temporary directories differ by nature. */
    private static Run.Result clean(Run.Result result) {
        String error = result.err().replaceAll("port \\d+", "port N");
        return new Run.Result(result.code(), result.output(), error.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void forwardingOfPortsAgentsAndX11IsRefused() {
        same(peer -> peer.with("-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1").run("echo in"));
        same(peer -> clean(peer.with("-W", "127.0.0.1:22").run("")));
        same(peer -> peer.with("-A").run("echo ${SSH_AUTH_SOCK-no agent}"));
        same(peer -> peer.with("-X").run("echo ${DISPLAY-no display}"));
    }
}
