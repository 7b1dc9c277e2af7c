package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Masters serve, slaves follow. */
final class RoleCheck implements Check {

    @Override
    public List<Finding> findings(Facts facts) {
        List<Finding> findings = new ArrayList<>();
        for (MemberFacts one : facts.members()) {
            Optional<HostNode> node = node(facts, one.member()).filter(HostNode::hasServer);
            boolean follows = node.filter(found -> found.kind().equals("slave")).isPresent();
            boolean leads = node.filter(found -> found.kind().equals("master")).isPresent();
            switch (one.member().role()) {
                case COORDINATOR, DATANODE -> {
                    if (one.view().database().map(MemberView.Database::recovers).orElse(follows)) {
                        findings.add(follower(one, one.member().role().label()));
                    }
                }
                case GTM -> {
                    if (follows) {
                        findings.add(follower(one, "gtm"));
                    }
                }
                case GTM_SLAVE, COORDINATOR_SLAVE, DATANODE_SLAVE -> {
                    if (leads) {
                        findings.add(twoMasters(one));
                    }
                }
                case GTM_PROXY -> {
                }
            }
        }
        return findings;
    }

    private static Optional<HostNode> node(Facts facts, Member member) {
        return Optional.ofNullable(facts.hosts().get(member.host())).stream().flatMap(host -> host.nodes().stream())
                .filter(node -> node.directory().equals(member.directory())).findFirst();
    }

    private static Finding follower(MemberFacts one, String kind) {
        String directory = Command.of(one.member().directory()).text();
        Mend promote = one.member().role() == Kind.GTM
                ? Mend.run("ssh", one.member().host(), "gtm_ctl promote -Z gtm -D " + directory)
                : Mend.run("ssh", one.member().host(), "pg_ctl promote -Z " + kind + " -D " + directory);
        return new Finding(Severity.ERROR, "role", one.where(), "it is the master in pgxc_ctl.conf, and follows another server",
                "it takes no writes; before it is promoted, no other server of that name may run", promote);
    }

    private static Finding twoMasters(MemberFacts one) {
        return new Finding(Severity.ERROR, "role", one.where(), "it is a slave in pgxc_ctl.conf, and follows nobody",
                "there are two masters of one name: whoever reaches this one reads and writes other rows; first see which"
                        + " of the two has the newer ones",
                Remote.keepDown(one.member().host(), one.member().directory()));
    }
}
