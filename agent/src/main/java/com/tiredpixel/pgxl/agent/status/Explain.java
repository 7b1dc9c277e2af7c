package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.node.Evidence;
import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.RoleDetector;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import com.tiredpixel.pgxl.agent.os.Lane;
import com.tiredpixel.pgxl.agent.supervisor.HoldMarks;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Says of every directory what it was taken for, on which evidence, and what the agent will do next. */
public final class Explain {
    /** A volume of a million files takes a second. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Path home;
    private final int depth;
    private final Path prefix;
    private final HoldMarks holds;
    private final Lane lane = new Lane(DiskThreads.of("explain", 1), MonotonicClock.system(), () -> { });

    /**
     * @param home the volume
     * @param depth {@code PGXL_SCAN_DEPTH}
     * @param prefix {@code PGXL_PREFIX}, for the command lines
     * @param holds which directories are held
     */
    public Explain(Path home, int depth, Path prefix, HoldMarks holds) {
        this.home = home;
        this.depth = depth;
        this.prefix = prefix;
        this.holds = holds;
    }

    /**
     * A dry run: nothing is started, written or signalled.
     *
     * @param scan of the volume
     * @return text for people, with a line break at its end
     */
    public String dryRun(VolumeScan scan) {
        return volume(scan, List.of());
    }

    /**
     * @param scan examines the volume
     * @param reports what the supervisor says now
     */
    String volume(Supplier<VolumeScan> scan, List<NodeReport> reports) {
        return lane.ask(PATIENCE, () -> volume(scan.get(), reports)).orElseGet(this::silence);
    }

    private String silence() {
        return home + " does not answer, for " + (lane.hangsFor().toSeconds() + PATIENCE.toSeconds()) + " s: try again\n";
    }

    private String volume(VolumeScan scan, List<NodeReport> reports) {
        StringBuilder out = new StringBuilder();
        List<Path> known = new ArrayList<>();
        for (Finding finding : scan.findings()) {
            known.add(finding.directory());
            finding(out, finding, report(reports, finding.directory()));
        }
        for (NodeReport report : reports) {
            if (scan.isSilent(report.directory())) {
                known.add(report.directory());
                silent(out, report);
            } else if (!known.contains(report.directory())) {
                known.add(report.directory());
                finding(out, RoleDetector.examine(report.directory(), Optional.of(report.role())),
                        Optional.of(report));
            }
        }
        known.addAll(scan.silent());
        for (Path other : PlainDirectories.below(home, depth, known)) {
            title(out, other, "not a node: it has none of the files of a node");
        }
        scan.notes().forEach(note -> out.append("note: ").append(VisibleText.of(note)).append('\n'));
        return out.isEmpty() ? home + ": there is no directory in it\n" : out.toString();
    }

    /** @return as {@link #volume}, of one directory; empty if there is no such directory */
    Optional<String> directory(Path directory, Supplier<VolumeScan> scan, List<NodeReport> reports) {
        return lane.ask(PATIENCE, () -> directory(directory, scan.get(), reports))
                .orElseGet(() -> Optional.of(silence()));
    }

    private void silent(StringBuilder out, NodeReport report) {
        title(out, report.directory(), report.role().label() + "; it does not answer");
        detail(out, "state       " + report.describe());
    }

    private Optional<String> directory(Path directory, VolumeScan scan, List<NodeReport> reports) {
        if (scan.isSilent(directory)) {
            StringBuilder out = new StringBuilder();
            report(reports, directory).ifPresentOrElse(
                    report -> silent(out, report), () -> title(out, directory, "it does not answer"));
            return Optional.of(out.toString());
        }
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        StringBuilder out = new StringBuilder();
        Finding finding = scan.findings().stream()
                .filter(found -> found.directory().equals(directory))
                .findFirst()
                .orElseGet(() -> RoleDetector.examine(directory, Optional.empty()));
        finding(out, finding, report(reports, directory));
        return Optional.of(out.toString());
    }

    private static Optional<NodeReport> report(List<NodeReport> reports, Path directory) {
        return reports.stream().filter(report -> report.directory().equals(directory)).findFirst();
    }

    private void finding(StringBuilder out, Finding finding, Optional<NodeReport> report) {
        Path directory = finding.directory();
        if (finding instanceof Finding.Node node) {
            title(out, directory, node.role().label() + (node.facts().slave() ? ", slave" : "")
                    + (node.facts().port().isPresent() ? ", port " + node.facts().port().getAsInt() : ", without a valid port"));
        } else if (finding instanceof Finding.Contradiction contradiction) {
            title(out, directory, "contradiction: " + contradiction.what());
        } else if (finding instanceof Finding.NotANode other) {
            title(out, directory, "not a node: " + other.reason());
        }
        for (Evidence piece : finding.evidence()) {
            String weight = piece.weight().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            detail(out, String.format("%-10s  %s", weight, piece));
        }
        report.ifPresent(now -> detail(out, "state       " + now.state() + " for "
                + StatusText.age(now.inState()) + ": " + now.reason()));
        detail(out, "next        " + next(finding, report));
    }

    private String next(Finding finding, Optional<NodeReport> report) {
        if (report.isPresent()) {
            return report.get().next();
        }
        if (finding instanceof Finding.Contradiction contradiction) {
            return "nothing is started; the way out: " + contradiction.remedy();
        }
        if (!(finding instanceof Finding.Node node)) {
            return "nothing";
        }
        try {
            if (holds.contains(node.directory())) {
                return "nothing until pgxl release: the operator holds it";
            }
        } catch (IOException e) {
            return "start it, for " + holds.file() + " cannot be read: " + e;
        }
        return "the agent starts it at container start: " + String.join(" ", node.facts().startCommand(prefix));
    }

    private void title(StringBuilder out, Path directory, String what) {
        out.append(VolumeScan.name(home, directory)).append(": ").append(VisibleText.of(what)).append('\n');
    }

    private static void detail(StringBuilder out, String text) {
        out.append("    ").append(VisibleText.of(text)).append('\n');
    }
}
