package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What the SSH server offers to strangers, held against the rules of ssh-audit (its database of June 2026): no
 * algorithm that it fails, and none that it warns of, if the key exchanges are chosen for that; by default some for
 * one reason, see {@link #NOT_POST_QUANTUM}.
 */
@OnStage
class SshAuditIT {
    /** Those without a fail and without a warning, as far as servers of today have them. */
    private static final Map<String, Set<String>> CLEAN = Map.of(
            "key exchange", Set.of(
                    "mlkem768x25519-sha256", "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com",
                    "ext-info-s", "kex-strict-s-v00@openssh.com"),
            "host key", Set.of("ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"),
            "cipher", Set.of(
                    "chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr",
                    "aes192-ctr", "aes128-ctr"),
            "mac", Set.of("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "umac-128-etm@openssh.com"),
            "compression", Set.of("none", "zlib@openssh.com"));

    /**
     * Warned of for "does not provide protection against post-quantum attacks" and for nothing else. Without them
     * OpenSSH 8 could not come in, with which CentOS Stream 9 and so {@code pgxc_ctl} in its image connects.
     */
    private static final Set<String> NOT_POST_QUANTUM =
            Set.of("curve25519-sha256", "curve25519-sha256@libssh.org", "diffie-hellman-group16-sha512");

    /** OpenSSH from 9.0 on asks for one of them by itself. */
    private static final String POST_QUANTUM = "mlkem768,sntrup761";

    /** An option of ssh-audit since 3.2. */
    private static final String SKIP_RATE_TEST = "--skip-rate-test";

    private record Offer(String kind, String name) {
    }

    /** The server's first packet, RFC 4253, section 7.1, from its very bytes. */
    private static List<Offer> offers(Stage stage, Sandbox sandbox) {
        byte[] bytes = Program.run(Await.LONG, stage.wire().outside(List.of("bash", "-c", "exec 3<>/dev/tcp/"
                + sandbox.address() + "/22; printf 'SSH-2.0-auditor\\r\\n' >&3; timeout 3 cat <&3; true"))).output();
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertTrue(text.startsWith("SSH-2.0-"), text);
        ByteBuffer packet = ByteBuffer.wrap(bytes).position(text.indexOf("\r\n") + 2);
        packet.getInt();
        packet.get();
        assertEquals(20, packet.get(), "SSH_MSG_KEXINIT");
        packet.position(packet.position() + 16);
        List<Offer> offers = new ArrayList<>();
        for (String kind : List.of("key exchange", "host key", "cipher", "cipher", "mac", "mac", "compression")) {
            byte[] list = new byte[packet.getInt()];
            packet.get(list);
            for (String name : new String(list, StandardCharsets.US_ASCII).split(",")) {
                offers.add(new Offer(kind, name));
            }
        }
        return offers;
    }

    private static List<Offer> faults(List<Offer> offers) {
        return offers.stream()
                .filter(offer -> !CLEAN.get(offer.kind()).contains(offer.name()))
                .toList();
    }

    private static List<String> names(List<Offer> offers) {
        return offers.stream().map(Offer::name).toList();
    }

    private static Sandbox withAllHostKeys(Stage stage, Sandbox.Plan plan) {
        Sandbox sandbox = plan.start();
        new Ssh(stage, sandbox).awaitLogin();
        sandbox.log().await("host key .*ssh_host_rsa_key");
        return sandbox;
    }

    @Test
    void nothingThatAHardeningGuideRefusesIsOffered(Stage stage) {
        List<Offer> offers = offers(stage, withAllHostKeys(stage, stage.sandbox("node")));
        assertEquals(NOT_POST_QUANTUM, Set.copyOf(names(faults(offers))));
        assertEquals(new Offer("key exchange", "mlkem768x25519-sha256"), offers.get(0), "what is best comes first");
        assertTrue(offers.contains(new Offer("key exchange", "kex-strict-s-v00@openssh.com")), "Terrapin: " + offers);
        assertTrue(offers.contains(new Offer("host key", "ssh-ed25519")), offers.toString());
        assertTrue(offers.contains(new Offer("host key", "rsa-sha2-512")), offers.toString());
    }

    @Test
    void withPostQuantumKeyExchangesAloneThereIsNothingToWarnOf(Stage stage) {
        Sandbox sandbox = withAllHostKeys(stage, stage.sandbox("node").set("PGXL_SSH_KEY_EXCHANGES", POST_QUANTUM));
        assertEquals(List.of(), faults(offers(stage, sandbox)));
    }

    /** Negative control: what a setting turns on is found. */
    @Test
    void anEcdsaHostKeyIsOfferedWhereASettingSaysSoAndIsFound(Stage stage) {
        Sandbox sandbox = withAllHostKeys(stage, stage.sandbox("node")
                .set("PGXL_SSH_HOST_KEYS", "ecdsa").set("PGXL_SSH_KEY_EXCHANGES", POST_QUANTUM));
        assertEquals(List.of(new Offer("host key", "ecdsa-sha2-nistp256")), faults(offers(stage, sandbox)));
    }

    @Test
    void sshAuditItselfFindsNothingElse(Stage stage) {
        String help = Program.run(Await.LONG, List.of("bash", "-c", "ssh-audit --help")).text();
        assumeTrue(!help.isEmpty(), "no ssh-audit on the PATH");
        List<String> standard = audit(stage, withAllHostKeys(stage, stage.sandbox("node")), help);
        assertEquals(List.of(), standard.stream()
                .filter(line -> !line.contains("does not provide protection against post-quantum attacks")).toList());
        if (help.contains(SKIP_RATE_TEST)) { // Older ones call sntrup761 an experiment.
            assertEquals(List.of(), audit(stage, withAllHostKeys(stage, stage.sandbox("strict")
                    .set("PGXL_SSH_KEY_EXCHANGES", POST_QUANTUM)), help));
        }
        List<String> control = audit(stage, withAllHostKeys(stage, stage.sandbox("control")
                .set("PGXL_SSH_HOST_KEYS", "ecdsa")), help);
        assertTrue(control.stream().anyMatch(line -> line.contains("ecdsa-sha2-nistp256")), "control: " + control);
    }

    /** @return what it fails and warns of, but for what is newer than its own version */
    private static List<String> audit(Stage stage, Sandbox sandbox, String help) {
        var line = new ArrayList<>(List.of("ssh-audit", "--no-colors"));
        if (help.contains(SKIP_RATE_TEST)) {
            line.add(SKIP_RATE_TEST);
        }
        line.add(sandbox.address());
        String said = Program.run(Await.LONG, stage.wire().outside(line)).text();
        assertTrue(said.contains("(kex) mlkem768x25519-sha256"), said);
        return said.lines().filter(text -> text.contains("[fail]") || text.contains("[warn]"))
                .filter(text -> !text.contains("unknown algorithm")).toList();
    }
}
