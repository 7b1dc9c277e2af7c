package com.tiredpixel.pgxl.agent.ssh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.kex.KexProposalOption;

/**
 * Why a client and the server have no algorithm in common: what the client offers, what is spoken here, and which
 * setting would let it in.
 */
final class Disagreement {
    /** How much of a stranger's list is shown. */
    private static final int SHOWN = 100;

    private Disagreement() {
    }

    /** What has to be agreed on, in the order of RFC 4253, section 7.1. */
    private enum Matter {
        KEY_EXCHANGE("key exchange", "PGXL_SSH_KEY_EXCHANGES", KexProposalOption.ALGORITHMS, KexProposalOption.ALGORITHMS),
        HOST_KEY("host key", "PGXL_SSH_HOST_KEYS", KexProposalOption.SERVERKEYS, KexProposalOption.SERVERKEYS),
        CIPHER("cipher", "", KexProposalOption.C2SENC, KexProposalOption.S2CENC),
        MAC("MAC", "PGXL_SSH_MACS", KexProposalOption.C2SMAC, KexProposalOption.S2CMAC),
        COMPRESSION("compression", "", KexProposalOption.C2SCOMP, KexProposalOption.S2CCOMP);

        private final String words;
        private final String setting;
        private final List<KexProposalOption> directions;

        Matter(String words, String setting, KexProposalOption toServer, KexProposalOption toClient) {
            this.words = words;
            this.setting = setting;
            this.directions = List.of(toServer, toClient);
        }

        /** @return each word that the setting can have, with the algorithms that it stands for */
        private Map<String, List<String>> choices() {
            var choices = new LinkedHashMap<String, List<String>>();
            switch (this) {
                case KEY_EXCHANGE -> Stream.of("mlkem768", "curve25519", "group16", "sntrup761").forEach(kind -> choices.put(
                        kind, Algorithms.exchangesOf(kind).stream().map(NamedResource::getName).toList()));
                case HOST_KEY -> {
                    choices.put("ed25519", List.of("ssh-ed25519"));
                    choices.put("rsa", List.of("rsa-sha2-512", "rsa-sha2-256"));
                    choices.put("ecdsa", List.of("ecdsa-sha2-nistp256"));
                }
                case MAC -> Stream.of("hmac-sha2-256-etm", "hmac-sha2-512-etm", "hmac-sha2-256", "hmac-sha2-512")
                        .forEach(kind -> choices.put(kind, List.of(Algorithms.mac(kind).getName())));
                case CIPHER, COMPRESSION -> {
                    // No setting chooses these.
                }
            }
            return choices;
        }
    }

    /** @param offered by the client, and {@code spoken} by the server, in the order of each */
    private record Gap(Matter matter, List<String> offered, List<String> spoken) {

        Optional<String> remedy() {
            return matter.choices().entrySet().stream()
                    .filter(choice -> choice.getValue().stream().anyMatch(offered::contains))
                    .map(choice -> matter.setting + " with " + choice.getKey())
                    .findFirst();
        }
    }

    /** @return a sentence for the log, or nothing if there is something in common of each */
    static Optional<String> between(Map<KexProposalOption, String> client, Map<KexProposalOption, String> server) {
        var gaps = new ArrayList<Gap>();
        for (Matter matter : Matter.values()) {
            gap(matter, client, server).ifPresent(gaps::add);
        }
        if (gaps.isEmpty()) {
            return Optional.empty();
        }
        List<String> remedies = gaps.stream().flatMap(gap -> gap.remedy().stream()).toList();
        Gap first = gaps.get(0);
        return Optional.of("no common " + gaps.stream().map(gap -> gap.matter().words).collect(Collectors.joining(", no common "))
                + (remedies.size() == gaps.size()
                        ? "; " + String.join(" and ", remedies) + " would let it in"
                        : "; no setting lets it in")
                + "; it offers " + Text.shown(String.join(",", first.offered()), SHOWN)
                + "; the server speaks " + String.join(",", first.spoken()));
    }

    private static Optional<Gap> gap(
            Matter matter, Map<KexProposalOption, String> client, Map<KexProposalOption, String> server) {
        for (int direction = 0; direction < matter.directions.size(); direction++) {
            if (matter == Matter.MAC && needsNoMac(direction, client, server)) {
                continue;
            }
            KexProposalOption option = matter.directions.get(direction);
            List<String> offered = names(client.get(option));
            List<String> spoken = names(server.get(option));
            if (offered.stream().noneMatch(spoken::contains)) {
                return Optional.of(new Gap(matter, offered, spoken));
            }
        }
        return Optional.empty();
    }

    /** With GCM and ChaCha20 the cipher authenticates; without a common cipher nobody knows what would be needed. */
    private static boolean needsNoMac(
            int direction, Map<KexProposalOption, String> client, Map<KexProposalOption, String> server) {
        KexProposalOption option = Matter.CIPHER.directions.get(direction);
        List<String> spoken = names(server.get(option));
        return names(client.get(option)).stream()
                .filter(spoken::contains)
                .findFirst()
                .map(cipher -> cipher.contains("-gcm@") || cipher.contains("-poly1305@"))
                .orElse(true);
    }

    /** Without the marks that stand among key exchanges and are none. */
    private static List<String> names(String list) {
        return list == null ? List.of() : Arrays.stream(list.split(","))
                .filter(name -> !name.isEmpty() && !name.startsWith("ext-info-") && !name.startsWith("kex-strict-"))
                .toList();
    }
}
