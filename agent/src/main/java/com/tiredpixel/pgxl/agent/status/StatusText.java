package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code pgxl status} for people: aligned, one line a node, cut to the width of the terminal. */
final class StatusText {
    private static final List<String> TITLES =
            List.of("NAME", "ROLE", "STATE", "READY", "SINCE", "PID", "PORT", "RST", "REASON");
    private static final int LONGEST_NAME = 20;
    private static final String GAP = " ";

    private final Screen screen;

    /**
     * Where it will be read.
     *
     * @param columns 0 if it is no terminal: then nothing is cut
     * @param color whether colours may be used
     */
    record Screen(int columns, boolean color) {
    }

    StatusText(Screen screen) {
        this.screen = screen;
    }

    String of(Snapshot snapshot) {
        StringBuilder out = new StringBuilder();
        line(out, agent(snapshot), "");
        if (!snapshot.agent().servers().isEmpty()) {
            line(out, "servers " + VisibleText.of(snapshot.agent().servers()), "");
        }
        if (snapshot.nodes().isEmpty()) {
            line(out, "No node yet: waits for pgxc_ctl to make one here.", "");
        } else {
            table(out, snapshot.nodes());
        }
        for (Finding.Contradiction found : snapshot.overview().contradictions()) {
            line(out, "NOT STARTED " + VisibleText.of(found.directory() + ": " + found.what()), "31");
            line(out, "  way out: " + VisibleText.of(found.remedy()), "");
        }
        return out.toString();
    }

    private static String agent(Snapshot snapshot) {
        AgentFacts agent = snapshot.agent();
        return "pgxl-agent " + agent.version()
                + ", " + snapshot.overview().phase().name().toLowerCase(java.util.Locale.ROOT)
                + ", up " + age(agent.uptime())
                + ", " + agent.usage().residentBytes() / (1024 * 1024) + " MB"
                + ", SSH sessions " + agent.ssh().connectionsNow();
    }

    private void table(StringBuilder out, List<NodeView> nodes) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(TITLES);
        nodes.forEach(node -> rows.add(row(node)));
        int[] widths = new int[TITLES.size() - 1];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        for (int r = 0; r < rows.size(); r++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(rows.get(r).get(i)).append(" ".repeat(widths[i] - length(rows.get(r).get(i)))).append(GAP);
            }
            text.append(rows.get(r).get(widths.length));
            line(out, text.toString(), r == 0 ? "1" : color(nodes.get(r - 1)));
        }
    }

    private static List<String> row(NodeView node) {
        NodeReport report = node.report();
        boolean heldAndUp = report.held() && report.state() != NodeState.HELD;
        return List.of(
                cut(node.name(), LONGEST_NAME),
                (report.role().label() + " " + node.kind()).strip(),
                report.state().name(),
                node.ready() ? "yes" : "no",
                age(report.inState()),
                report.pid().isPresent() ? Integer.toString(report.pid().getAsInt()) : "-",
                node.port().isPresent() ? Integer.toString(node.port().getAsInt()) : "-",
                Integer.toString(report.restarts()),
                (heldAndUp ? "held; " : "") + (report.crashLoop() ? "crash loop; " : "") + reason(node));
    }

    /** A server that lives and does not serve: that is the news, not how it came to live. */
    private static String reason(NodeView node) {
        return VisibleText.of(node.ready() ? node.report().reason() : node.availability().reason());
    }

    private static String color(NodeView node) {
        if (node.ready()) {
            return node.report().held() ? "33" : "32";
        }
        return switch (node.report().state()) {
            case STOPPED, HELD, STARTING, STOPPING, CLEARING, SETTLING -> "33";
            default -> "31";
        };
    }

    private void line(StringBuilder out, String text, String color) {
        String shown = screen.columns() > 0 ? cut(text, screen.columns()) : text;
        if (screen.color() && !color.isEmpty()) {
            out.append("\u001b[").append(color).append('m').append(shown).append("\u001b[0m");
        } else {
            out.append(shown.stripTrailing());
        }
        out.append('\n');
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String cut(String text, int most) {
        if (length(text) <= most) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, Math.max(0, most - 1))) + "…";
    }

    /** @return such as {@code 45s}, {@code 12m}, {@code 3h} or {@code 5d} */
    static String age(Duration age) {
        long seconds = age.toSeconds();
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 2 * 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }
}
