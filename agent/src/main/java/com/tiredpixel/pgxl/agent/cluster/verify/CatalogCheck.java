package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Each coordinator and datanode knows the same coordinators and datanodes as pgxc_ctl.conf. */
final class CatalogCheck implements Check {
    private static final String RELOAD = "SELECT pgxc_pool_reload()";

    @Override
    public List<Finding> findings(Facts facts) {
        List<Finding> findings = new ArrayList<>();
        List<Member> expected = facts.configured(Kind.COORDINATOR, Kind.DATANODE).toList();
        facts.answering().filter(one -> !one.sql().get().nodes().isEmpty()).forEach(one -> {
            List<CatalogNode> nodes = one.sql().get().nodes();
            for (Member member : expected) {
                Optional<CatalogNode> found = nodes.stream().filter(n -> n.name().equals(member.name())).findFirst();
                if (found.isEmpty()) {
                    findings.add(missing(facts, one, member));
                } else if (!found.get().type().equals(type(member))) {
                    findings.add(otherType(facts, one, member, found.get()));
                } else if (!found.get().host().equals(member.host()) || found.get().port() != member.port()) {
                    findings.add(elsewhere(facts, one, member, found.get()));
                }
            }
            nodes.stream().filter(node -> expected.stream().noneMatch(member -> member.name().equals(node.name())))
                    .forEach(node -> findings.add(surplus(facts, one, node)));
        });
        return findings;
    }

    private static Finding missing(Facts facts, MemberFacts one, Member member) {
        return finding(one, "its pgxc_node has no " + member.role().label() + " " + member.name(),
                member.role() == Kind.DATANODE
                        ? "it does not read or write the rows there, and tables made there leave it out"
                        : "tables and users that are made there are not made on it",
                facts.sql(one.member(), create(member), RELOAD));
    }

    private static Finding otherType(Facts facts, MemberFacts one, Member member, CatalogNode node) {
        return finding(one, "its pgxc_node has " + member.name() + " with type " + node.type() + "; it is a "
                        + member.role().label(),
                "statements are sent to the wrong kind of server",
                facts.sql(one.member(), "DROP NODE " + Sql.name(node.name()), create(member), RELOAD));
    }

    private static Finding elsewhere(Facts facts, MemberFacts one, Member member, CatalogNode node) {
        return finding(one, "its pgxc_node has " + member.role().label() + " " + member.name() + " at " + node.host() + ":"
                        + node.port() + ", pgxc_ctl.conf at " + member.host() + ":" + member.port(),
                "its sessions reach no server there, or an old one, and then read and write other rows than the others",
                facts.sql(one.member(), "ALTER NODE " + Sql.name(member.name()) + " WITH (" + address(member) + ")", RELOAD));
    }

    private static Finding surplus(Facts facts, MemberFacts one, CatalogNode node) {
        return finding(one, "its pgxc_node has " + node.name() + " at " + node.host() + ":" + node.port()
                        + ", which pgxc_ctl.conf does not name",
                "whatever concerns all nodes, such as CREATE TABLE, fails or waits for it",
                facts.sql(one.member(), "DROP NODE " + Sql.name(node.name()), RELOAD));
    }

    private static Finding finding(MemberFacts one, String what, String follows, Mend mend) {
        return new Finding(Severity.ERROR, "pgxc_node", one.where(), what, follows, mend);
    }

    private static String create(Member member) {
        return "CREATE NODE " + Sql.name(member.name()) + " WITH (TYPE = " + Sql.text(member.role().label()) + ", "
                + address(member) + ")";
    }

    private static String address(Member member) {
        return "HOST = " + Sql.text(member.host()) + ", PORT = " + member.port();
    }

    private static String type(Member member) {
        return member.role() == Kind.COORDINATOR ? "C" : "D";
    }
}
