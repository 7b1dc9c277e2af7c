package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What grows until something stops: disks, ids of transactions, those in doubt; and clocks that drift apart. */
final class MeasureCheck implements Check {
    private static final int FULL_PERCENT = 90;
    private static final long OLD_SECONDS = 60;
    private static final long MUCH_AGE = 1_000_000_000L;
    private static final long TOO_MUCH_AGE = 1_800_000_000L;

    @Override
    public List<Finding> findings(Facts facts) {
        List<Finding> findings = new ArrayList<>();
        for (MemberFacts one : facts.members()) {
            one.view().agent().filter(agent -> agent.diskPercent() > FULL_PERCENT)
                    .ifPresent(agent -> findings.add(new Finding(Severity.WARNING, "disk", one.where(),
                            "its disk is " + agent.diskPercent() + "% full",
                            "a server that finds no room stops, and what waits for it waits",
                            new Mend.Advice("make room, or give it a larger disk"))));
            one.view().database().ifPresent(database -> findings.addAll(ids(facts, one, database)));
            one.sql().flatMap(SqlFacts::clock).filter(clock -> Math.abs(clock.off()) > 1)
                    .ifPresent(clock -> findings.add(new Finding(Severity.WARNING, "clock", one.where(),
                            String.format(Locale.ROOT, "its clock is %.1f s %s Control's, at least",
                                    Math.abs(clock.off()), clock.off() > 0 ? "ahead of" : "behind"),
                            "now() and log lines of different nodes cannot be compared",
                            new Mend.Advice("set the clock of its machine, or Control's: both should ask NTP"))));
        }
        return findings;
    }

    private static List<Finding> ids(Facts facts, MemberFacts one, MemberView.Database database) {
        List<Finding> findings = new ArrayList<>();
        if (database.byCommits().oldest() > OLD_SECONDS) {
            findings.add(new Finding(Severity.WARNING, "in-doubt", one.where(),
                    "the oldest of " + database.byCommits().count() + " prepared transactions of commits on several nodes is "
                            + database.byCommits().oldest() + " s old",
                    "it holds its locks and its rows back; what keeps the agent from ending it, this says",
                    Remote.pgxl(one.member().host(), "in-doubt")));
        }
        if (database.xidAge() > MUCH_AGE) {
            boolean urgent = database.xidAge() > TOO_MUCH_AGE;
            findings.add(new Finding(urgent ? Severity.ERROR : Severity.WARNING, "xid-age", one.where(),
                    "its oldest transaction id is " + database.xidAge() + " transactions old",
                    "near 2147483647 the server takes no more writes",
                    vacuum(facts, one.member())));
        }
        return findings;
    }

    /** On a coordinator, which has all nodes do it. */
    private static Mend vacuum(Facts facts, Member aged) {
        Member member = facts.answering().map(MemberFacts::member).filter(one -> one.role() == Kind.COORDINATOR)
                .findFirst().orElse(aged);
        return Mend.run("vacuumdb", "-h", member.host(), "-p", Integer.toString(member.port()),
                "-U", facts.configuration().user(), "--all", "--freeze");
    }
}
