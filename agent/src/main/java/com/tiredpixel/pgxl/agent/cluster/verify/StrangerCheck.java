package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** No server has the name of a node and is not that node, as an old master that came back after its failover. */
final class StrangerCheck implements Check {

    @Override
    public List<Finding> findings(Facts facts) {
        List<Finding> findings = new ArrayList<>();
        new TreeMap<>(facts.hosts()).forEach((host, answer) -> answer.nodes().stream()
                .filter(node -> (node.hasServer() || node.waits()) && !isNamed(facts, host, answer, node))
                .forEach(node -> namesake(facts, node).ifPresent(member -> findings.add(finding(host, node, member)))));
        return findings.stream().distinct().toList();
    }

    private static boolean isNamed(Facts facts, String host, HostFacts answer, HostNode node) {
        return facts.configuration().members().stream().anyMatch(member ->
                member.directory().equals(node.directory())
                        && (member.host().equals(host) || isOne(facts.hosts().get(member.host()), answer)));
    }

    /** A container may have two names. */
    private static boolean isOne(HostFacts one, HostFacts other) {
        return one != null && !one.identity().isEmpty() && one.identity().equals(other.identity());
    }

    private static Optional<Member> namesake(Facts facts, HostNode node) {
        Kind kind = switch (node.role()) {
            case "gtm" -> Kind.GTM;
            case "coordinator" -> Kind.COORDINATOR;
            case "datanode" -> Kind.DATANODE;
            default -> Kind.GTM_PROXY;
        };
        return kind == Kind.GTM_PROXY ? Optional.empty()
                : facts.configured(kind).filter(member -> member.name().equals(node.nodeName())).findFirst();
    }

    private static Finding finding(String host, HostNode node, Member member) {
        boolean follows = node.kind().equals("slave");
        String place = "pgxc_ctl.conf does not name it; " + member.name() + " is at " + member.host() + ":" + member.port();
        String where = node.role() + " " + node.nodeName() + " on " + host + " in " + node.directory();
        if (node.waits()) {
            return new Finding(Severity.WARNING, "stranger", where, "it would run and is kept down, and " + place,
                    "it waits, as an old master after a failover; pgxl status there says for what",
                    Remote.keepDown(host, node.directory()));
        }
        return new Finding(follows ? Severity.WARNING : Severity.ERROR, "stranger", where,
                "it runs and " + place,
                follows ? "it has the name of a node that it is not"
                        : "there are two masters of one name: whoever reaches this one reads and writes other rows",
                Remote.keepDown(host, node.directory()));
    }
}
