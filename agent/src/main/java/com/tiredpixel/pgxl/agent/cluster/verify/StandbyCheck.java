package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Standby;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Standbys that commits wait for are there. */
final class StandbyCheck implements Check {
    private static final Pattern NUMBER = Pattern.compile("^\\s*(?:(?:FIRST|ANY)\\s+)?(\\d+)\\s*\\((.*)\\)\\s*$",
            Pattern.CASE_INSENSITIVE);

    @Override
    public List<Finding> findings(Facts facts) {
        return facts.answering().flatMap(one -> findings(facts, one)).toList();
    }

    private static Stream<Finding> findings(Facts facts, MemberFacts one) {
        String setting = one.sql().get().settings().getOrDefault("synchronous_standby_names", "").strip();
        if (setting.isEmpty() || one.view().database().isEmpty()) {
            return Stream.empty();
        }
        Matcher matcher = NUMBER.matcher(setting);
        int wanted = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 1;
        List<String> names = Stream.of((matcher.matches() ? matcher.group(2) : setting).split(","))
                .map(name -> name.strip().replaceAll("^\"|\"$", "")).filter(name -> !name.isEmpty()).toList();
        List<Standby> standbys = one.view().database().get().standbys();
        long sync = standbys.stream().filter(each -> Set.of("sync", "quorum").contains(each.sync())).count();
        // PostgreSQL compares names without regard to case.
        Set<String> there = standbys.stream().map(each -> each.name().toLowerCase()).collect(Collectors.toSet());
        List<String> absent = names.stream()
                .filter(name -> !name.equals("*") && !there.contains(name.toLowerCase())).toList();
        if (sync >= wanted && absent.isEmpty()) {
            return Stream.empty();
        }
        String what = "synchronous_standby_names is " + setting + ", and "
                + (sync < wanted ? sync + " of " + wanted + " standbys " + (sync == 1 ? "is" : "are") + " synchronous"
                        : String.join(", ", absent) + " is not connected");
        // Without WAL senders PostgreSQL waits for no standby.
        boolean idle = one.sql().get().settings().getOrDefault("max_wal_senders", "").equals("0");
        String follows = idle ? "nothing while max_wal_senders is 0; as soon as it is not, commits wait"
                : sync < wanted ? "commits wait" : "one standby less may be lost than it seems";
        return Stream.of(new Finding(sync < wanted && !idle ? Severity.ERROR : Severity.WARNING, "standby", one.where(), what,
                follows, mend(facts, one.member())));
    }

    private static Mend mend(Facts facts, Member member) {
        boolean coordinator = member.role() == Kind.COORDINATOR;
        boolean hasSlave = facts.configured(coordinator ? Kind.COORDINATOR_SLAVE : Kind.DATANODE_SLAVE)
                .anyMatch(slave -> slave.name().equals(member.name()));
        return hasSlave ? Mend.run("pgxc_ctl", "start", member.role().label(), "slave", member.name())
                : Remote.setting(member, List.of("synchronous_standby_names = ''"), false);
    }
}
