package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Proxies lead to the GTM that pgxc_ctl.conf names, and nodes to it or to a proxy. By their configuration, not by their
 * connections.
 */
final class GtmCheck implements Check {

    @Override
    public List<Finding> findings(Facts facts) {
        Optional<Member> gtm = facts.configured(Kind.GTM).findFirst();
        List<Finding> findings = new ArrayList<>();
        if (gtm.isEmpty()) {
            return findings;
        }
        String target = address(gtm.get());
        for (MemberFacts one : facts.members()) {
            if (one.member().role() == Kind.GTM_PROXY) {
                one.view().agent().map(agent -> agent.gtmTarget())
                        .filter(leads -> !leads.isEmpty() && !leads.equals(target))
                        .ifPresent(leads -> findings.add(new Finding(Severity.ERROR, "gtm", one.where(),
                                "its gtm_proxy.conf leads to " + leads + ", and GTM is at " + target,
                                "its sessions get no transaction ids, or those of an old GTM, which come twice",
                                Mend.run("pgxc_ctl", "reconnect", "gtm_proxy", one.member().name()))));
            }
            one.sql().map(SqlFacts::settings).filter(settings -> settings.containsKey("gtm_host"))
                    .filter(settings -> !leadsThere(facts, one.member(), settings, target))
                    .ifPresent(settings -> findings.add(new Finding(Severity.ERROR, "gtm", one.where(),
                            "its gtm_host leads to " + settings.get("gtm_host") + ":" + settings.get("gtm_port")
                                    + ", and GTM is at " + target,
                            "its sessions get no transaction ids, or those of an old GTM, which come twice",
                            Remote.setting(one.member(), List.of("gtm_host = '" + gtm.get().host() + "'",
                                    "gtm_port = " + gtm.get().port()), true))));
        }
        return findings;
    }

    private static boolean leadsThere(Facts facts, Member member, Map<String, String> settings, String target) {
        String host = settings.get("gtm_host");
        String port = settings.getOrDefault("gtm_port", "");
        boolean own = Set.of("localhost", "127.0.0.1", "::1").contains(host);
        String address = (own ? member.host() : host) + ":" + port;
        return address.equals(target)
                || facts.configured(Kind.GTM_PROXY).anyMatch(proxy -> address(proxy).equals(address));
    }

    private static String address(Member member) {
        return member.host() + ":" + member.port();
    }
}
