package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Key exchanges with the agent as it is delivered, which has a part of BouncyCastle only. */
@OnStage
class KeyExchangeIT {
    private static final String CLASSES = "-Xlog:class+load=info:file=/tmp/classes";
    private static final String EXCHANGES = "PGXL_SSH_KEY_EXCHANGES";
    private static final List<String> CLASSICAL = List.of("-o", "KexAlgorithms=curve25519-sha256");

    private static Program.Result mina(Stage stage, Sandbox sandbox, String exchange) {
        return Program.run(Await.LONG, MinaClient.commandLine(stage, sandbox, exchange));
    }

    private static Program.Result openSsh(Stage stage, Sandbox sandbox, List<String> options) {
        return Program.run(Await.LONG, new Ssh(stage, sandbox).commandLine(options, "echo in"));
    }

    private static Sandbox open(Sandbox.Plan plan) {
        Sandbox sandbox = plan.start();
        sandbox.log().await("listening on");
        return sandbox;
    }

    private static long loaded(Sandbox sandbox) {
        return sandbox.exec("root", "grep -c ' org.bouncycastle.' /tmp/classes; true").text().lines()
                .mapToLong(Long::parseLong).sum();
    }

    @Test
    void bouncyCastleIsLoadedWhereMlkemIsOfferedAndNotElsewhere(Stage stage) {
        Sandbox without = open(stage.sandbox("without").set("PGXL_JAVA_OPTIONS", CLASSES).set(EXCHANGES, "curve25519,group16"));
        assertEquals("in", openSsh(stage, without, CLASSICAL).orFail().text());
        assertEquals(0, loaded(without));
        Sandbox with = open(stage.sandbox("with").set("PGXL_JAVA_OPTIONS", CLASSES));
        assertEquals("mlkem768x25519-sha256\nin", mina(stage, with, "mlkem768x25519-sha256").orFail().text());
        assertNotEquals(0, loaded(with), "negative control: the log of classes tells");
        assertEquals("in", openSsh(stage, with, CLASSICAL).orFail().text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlkem768x25519-sha256", "sntrup761x25519-sha512@openssh.com"})
    void openSshIsServedWhereItKnowsTheExchange(String exchange, Stage stage) {
        assumeTrue(Program.run(Await.LONG, List.of("ssh", "-Q", "kex")).text().lines().anyMatch(exchange::equals),
                "the ssh of this machine knows no " + exchange);
        Sandbox sandbox = open(stage.sandbox("node").set(EXCHANGES, "mlkem768,sntrup761"));
        assertEquals("in", openSsh(stage, sandbox, List.of("-o", "KexAlgorithms=" + exchange)).orFail().text());
    }

    @Test
    void whatASettingLeavesOutIsNotToBeHad(Stage stage) {
        Sandbox sandbox = open(stage.sandbox("node").set(EXCHANGES, "mlkem768"));
        assertEquals(255, openSsh(stage, sandbox, CLASSICAL).code());
        sandbox.log().await("no common key exchange; PGXL_SSH_KEY_EXCHANGES with curve25519 would let it in");
        assertEquals("mlkem768x25519-sha256\nin", mina(stage, sandbox, "mlkem768x25519-sha256").orFail().text());
    }
}
