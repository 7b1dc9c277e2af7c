package com.tiredpixel.pgxl.agent.cluster.view;

import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Condition;
import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code pgxl cluster status}: a page of 80 columns. */
public final class StatusPage {
    private static final int WIDTH = 80;
    private static final String INDENT = "    ";

    private StatusPage() {
    }

    /** @return lines, each ended */
    public static String of(ClusterView cluster) {
        if (cluster.members().isEmpty()) {
            return "cluster: " + cluster.verdict().label() + "\n";
        }
        List<String> lines = new ArrayList<>();
        lines.add("cluster: " + cluster.verdict().label() + "; of " + cluster.members().size() + " servers "
                + cluster.count(Condition.SERVES) + " serve, " + cluster.count(Condition.BROKEN) + " do not, "
                + cluster.count(Condition.UNKNOWN) + " not known");
        lines.add(row("NAME", "ROLE", "HOST", "STATE", "READY", "DISK"));
        cluster.members().forEach(member -> lines.addAll(of(member)));
        Map<String, String> versions = cluster.members().stream().filter(member -> !member.version().isEmpty())
                .collect(Collectors.toMap(MemberView::version, member -> member.member().name(),
                        (some, one) -> some + " " + one, TreeMap::new));
        if (versions.size() > 1) {
            lines.add("versions differ:");
            versions.forEach((version, names) -> lines.add(INDENT + version + ": " + names));
        }
        return lines.stream().map(StatusPage::cut).collect(Collectors.joining("\n", "", "\n"));
    }

    private static List<String> of(MemberView view) {
        List<String> lines = new ArrayList<>();
        String ready = switch (view.condition()) {
            case SERVES -> "yes";
            case BROKEN -> "no";
            case UNKNOWN -> "?";
        };
        lines.add(row(
                view.member().name(), view.member().role().label(), view.member().host() + ":" + view.member().port(),
                view.agent().map(MemberView.Agent::state).orElse("?"), ready,
                view.agent().filter(agent -> agent.diskPercent() >= 0).map(agent -> agent.diskPercent() + "%")
                        .orElse("?")));
        view.agent().filter(agent -> !agent.ready()).ifPresent(agent -> lines.add(INDENT + agent.why()));
        view.agent().filter(agent -> !agent.gtmTarget().isEmpty())
                .ifPresent(agent -> lines.add(INDENT + "GTM at " + agent.gtmTarget()));
        view.database().ifPresent(database -> lines.add(INDENT + "xid age " + database.xidAge()
                + ", prepared " + (database.byUsers().count() + database.byCommits().count())
                + ", server " + database.version() + (database.recovers() ? ", in recovery" : "")));
        view.database().ifPresent(database -> {
            lines.addAll(prepared("users", database.byUsers()));
            lines.addAll(prepared("commits on several nodes", database.byCommits()));
        });
        view.database().stream().flatMap(database -> database.standbys().stream())
                .forEach(standby -> lines.add(INDENT + "standby " + standby.name() + " " + standby.state() + " "
                        + standby.sync() + ", " + standby.lagBytes() + " bytes"
                        + standby.lagSeconds().map(lag -> String.format(Locale.ROOT, ", %.1f s", lag)).orElse("")
                        + " behind"));
        view.unasked().forEach(what -> lines.add(INDENT + "not asked: " + what));
        return lines;
    }

    private static List<String> prepared(String whose, MemberView.Prepared prepared) {
        return prepared.count() == 0 ? List.of()
                : List.of(INDENT + "prepared by " + whose + ": " + prepared.count() + ", oldest " + prepared.oldest() + " s");
    }

    private static String row(String name, String role, String host, String state, String ready, String disk) {
        return String.format("%-14s %-17s %-22s %-11s %-5s %s",
                shortened(name, 14), shortened(role, 17), shortened(host, 22), shortened(state, 11), ready, disk);
    }

    private static String shortened(String text, int width) {
        String visible = VisibleText.of(text);
        return visible.length() <= width ? visible : visible.substring(0, width - 1) + "…";
    }

    private static String cut(String line) {
        return shortened(line.stripTrailing(), WIDTH);
    }
}
