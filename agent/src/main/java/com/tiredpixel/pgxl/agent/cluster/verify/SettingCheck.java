package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Settings that every coordinator and datanode should have. One that its version does not know is not asked for. */
final class SettingCheck implements Check {

    /** What is wrong, what follows, the lines that mend it, and whether the server must be restarted for it. */
    private record Rule(
            String name, Predicate<Map<String, String>> wrong, String follows, List<String> lines, boolean restart) {
    }

    private static final List<Rule> RULES = List.of(
            new Rule("gtm_comm_timeout", settings -> number(settings, "gtm_comm_timeout") == 0,
                    "a session hangs for as long as GTM is frozen or cut off", List.of("gtm_comm_timeout = 20"), false),
            new Rule("wal_level", settings -> settings.get("wal_level").equals("minimal"),
                    "it can have no slave before a restart", List.of("wal_level = hot_standby"), true),
            new Rule("max_wal_senders", settings -> number(settings, "max_wal_senders") < 4,
                    "it can have no slave before a restart, and waits for none", List.of("max_wal_senders = 10"), true),
            new Rule("tcp_keepalives_idle", settings -> number(settings, "tcp_keepalives_idle") == 0
                    || number(settings, "tcp_keepalives_idle") + number(settings, "tcp_keepalives_interval")
                            * number(settings, "tcp_keepalives_count") > 60,
                    "a session whose client's host is gone holds its locks for longer than a minute",
                    List.of("tcp_keepalives_idle = 10", "tcp_keepalives_interval = 3", "tcp_keepalives_count = 3"), false));

    @Override
    public List<Finding> findings(Facts facts) {
        List<Finding> findings = new ArrayList<>();
        long sessions = facts.answering().filter(one -> one.member().role() == Kind.COORDINATOR)
                .mapToLong(one -> number(one.sql().get().settings(), "max_connections")).sum();
        facts.answering().forEach(one -> {
            Map<String, String> settings = one.sql().get().settings();
            RULES.stream().filter(rule -> settings.containsKey(rule.name()) && rule.wrong().test(settings))
                    .forEach(rule -> findings.add(finding(Severity.WARNING, one, rule.name() + " is "
                            + settings.get(rule.name()), rule.follows(),
                            Remote.setting(one.member(), rule.lines(), rule.restart()))));
            if (settings.containsKey("max_prepared_transactions")) {
                prepared(findings, one, number(settings, "max_prepared_transactions"), sessions);
            }
            one.connectTimeout().filter(timeout -> timeout.isEmpty() || timeout.equals("0"))
                    .ifPresent(timeout -> findings.add(finding(Severity.WARNING, one,
                            "PGCONNECT_TIMEOUT is not in its environment, or 0",
                            "its pooler is one thread: one frozen node holds up all its new sessions",
                            new Mend.Advice("give its container PGCONNECT_TIMEOUT=3, and start it anew"))));
        });
        return findings;
    }

    private static void prepared(List<Finding> findings, MemberFacts one, long slots, long sessions) {
        if (slots == 0 || slots < sessions) {
            findings.add(finding(slots == 0 ? Severity.ERROR : Severity.WARNING, one,
                    "max_prepared_transactions is " + slots + "; all coordinators have " + sessions + " connections",
                    slots == 0 ? "no transaction on two nodes can commit"
                            : "with all of them at work, commits on two nodes fail",
                    Remote.setting(one.member(), List.of("max_prepared_transactions = " + (sessions + 50)), true)));
        }
    }

    private static Finding finding(Severity severity, MemberFacts one, String what, String follows, Mend mend) {
        return new Finding(severity, "setting", one.where(), what, follows, mend);
    }

    /** What is no number is not known to be wrong. */
    private static long number(Map<String, String> settings, String name) {
        String value = settings.getOrDefault(name, "");
        return value.matches("\\d{1,9}") ? Long.parseLong(value) : 0;
    }
}
