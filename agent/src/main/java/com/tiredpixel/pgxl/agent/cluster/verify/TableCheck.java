package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Tables lie on all datanodes. */
final class TableCheck implements Check {

    @Override
    public List<Finding> findings(Facts facts) {
        Optional<Member> coordinator = facts.answering().map(MemberFacts::member)
                .filter(member -> member.role() == Kind.COORDINATOR).findFirst();
        return coordinator.isEmpty() ? List.of() : facts.tables().stream()
                .map(table -> finding(facts, coordinator.get(), table)).toList();
    }

    private static Finding finding(Facts facts, Member coordinator, TableNodes table) {
        String nodes = table.missing().stream().map(Sql::name).collect(Collectors.joining(", "));
        return new Finding(Severity.WARNING, "table", "database " + table.database(),
                "table " + table.schema() + "." + table.name() + " is not on " + String.join(", ", table.missing()),
                "its rows take no room and no work there; joins with others go across nodes",
                new Mend.Run(List.of(facts.sqlIn(table.database(), coordinator, "ALTER TABLE " + Sql.name(table.schema())
                        + "." + Sql.name(table.name()) + " ADD NODE (" + nodes + ")"))));
    }
}
