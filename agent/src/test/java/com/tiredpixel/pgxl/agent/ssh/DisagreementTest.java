package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.kex.KexProposalOption;
import org.junit.jupiter.api.Test;

class DisagreementTest {
    private static final String OURS = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com";

    private final Map<KexProposalOption, String> server = proposal(
            "curve25519-sha256,kex-strict-s-v00@openssh.com", "ssh-ed25519", "aes128-gcm@openssh.com,aes128-ctr", OURS);

    @Test
    void whoeverHasSomethingInCommonOfEachIsNotComplainedAbout() {
        assertEquals(Optional.empty(), Disagreement.between(
                proposal("curve25519-sha256", "ssh-ed25519", "aes128-ctr", "hmac-sha1,hmac-sha2-512-etm@openssh.com"), server));
        assertEquals(Optional.empty(), Disagreement.between(
                proposal("curve25519-sha256", "ssh-ed25519", "aes128-gcm@openssh.com", "hmac-sha1"), server),
                "GCM needs no MAC");
    }

    /** As libssh2 before 1.11 offers it. */
    @Test
    void theSettingThatWouldLetAClientInIsNamed() {
        assertEquals(
                "no common MAC; PGXL_SSH_MACS with hmac-sha2-256 would let it in; it offers hmac-sha2-256,hmac-sha1; "
                        + "the server speaks " + OURS,
                sentence("curve25519-sha256", "ssh-ed25519", "aes128-ctr", "hmac-sha2-256,hmac-sha1"));
        assertEquals(
                "no common key exchange, no common host key; PGXL_SSH_KEY_EXCHANGES with group16 and PGXL_SSH_HOST_KEYS with"
                        + " ecdsa would let it in; it offers diffie-hellman-group16-sha512; the server speaks curve25519-sha256",
                sentence("diffie-hellman-group16-sha512,ext-info-c", "ecdsa-sha2-nistp256", "aes128-gcm@openssh.com", ""));
    }

    /** As JSch 0.1 offers it: the setting for MACs alone would not help. */
    @Test
    void thatNoSettingHelpsIsSaid() {
        assertEquals(
                "no common MAC; no setting lets it in; it offers hmac-sha1; the server speaks " + OURS,
                sentence("curve25519-sha256", "ssh-ed25519", "aes128-ctr", "hmac-sha1"));
        String all = sentence("diffie-hellman-group14-sha1", "ssh-rsa", "aes128-cbc,aes128-ctr", "hmac-sha2-256");
        assertTrue(all.startsWith("no common key exchange, no common host key, no common MAC; no setting lets it in; it offers "
                + "diffie-hellman-group14-sha1;"), all);
        assertEquals("no common cipher; no setting lets it in; it offers 3des-cbc; the server speaks aes128-gcm@openssh.com,aes128-ctr",
                sentence("curve25519-sha256", "ssh-ed25519", "3des-cbc", "hmac-md5"));
    }

    @Test
    void oneDirectionIsEnoughToDisagree() {
        Map<KexProposalOption, String> client = proposal("curve25519-sha256", "ssh-ed25519", "aes128-ctr", OURS);
        client.put(KexProposalOption.S2CMAC, "hmac-sha2-512");
        assertTrue(Disagreement.between(client, server).orElseThrow().contains("PGXL_SSH_MACS with hmac-sha2-512 would"));
    }

    @Test
    void whatAStrangerOffersIsCutAndMadeVisible() {
        String sentence = sentence("curve25519-sha256", "ssh-ed25519", "aes128-ctr", "a\n\u001b[2J" + "x".repeat(30_000));
        assertTrue(sentence.length() < 300 && sentence.chars().noneMatch(c -> c < ' '), sentence);
    }

    private String sentence(String exchange, String hostKey, String cipher, String mac) {
        return Disagreement.between(proposal(exchange, hostKey, cipher, mac), server).orElseThrow();
    }

    private static Map<KexProposalOption, String> proposal(String exchange, String hostKey, String cipher, String mac) {
        var proposal = new EnumMap<KexProposalOption, String>(KexProposalOption.class);
        proposal.put(KexProposalOption.ALGORITHMS, exchange);
        proposal.put(KexProposalOption.SERVERKEYS, hostKey);
        proposal.put(KexProposalOption.C2SENC, cipher);
        proposal.put(KexProposalOption.S2CENC, cipher);
        proposal.put(KexProposalOption.C2SMAC, mac);
        proposal.put(KexProposalOption.S2CMAC, mac);
        proposal.put(KexProposalOption.C2SCOMP, "none");
        proposal.put(KexProposalOption.S2CCOMP, "none");
        return proposal;
    }
}
