package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All coordinators write a replicated table's rows to the same datanode first. */
final class PrimaryCheck implements Check {

    @Override
    public List<Finding> findings(Facts facts) {
        List<MemberFacts> coordinators = facts.answering()
                .filter(one -> one.member().role() == Kind.COORDINATOR && !one.sql().get().nodes().isEmpty()).toList();
        return coordinators.stream().skip(1).filter(one -> !primary(one).equals(primary(coordinators.get(0))))
                .map(one -> finding(facts, one, coordinators.get(0))).toList();
    }

    private static Finding finding(Facts facts, MemberFacts one, MemberFacts first) {
        Stream<String> off = primary(one).stream().filter(name -> !primary(first).contains(name))
                .map(name -> "ALTER NODE " + Sql.name(name) + " WITH (PRIMARY = false)");
        Stream<String> on = primary(first).stream().filter(name -> !primary(one).contains(name))
                .map(name -> "ALTER NODE " + Sql.name(name) + " WITH (PRIMARY = true)");
        return new Finding(Severity.WARNING, "primary", one.where(),
                "its primary datanode is " + named(one) + ", that of " + first.member().name() + " is " + named(first),
                "writes to one replicated table by both may wait for each other",
                facts.sql(one.member(), Stream.of(off, on, Stream.of("SELECT pgxc_pool_reload()"))
                        .flatMap(each -> each).toArray(String[]::new)));
    }

    private static String named(MemberFacts one) {
        return primary(one).isEmpty() ? "none" : String.join(" and ", primary(one));
    }

    private static Set<String> primary(MemberFacts one) {
        return one.sql().get().nodes().stream().filter(CatalogNode::primary).map(CatalogNode::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
