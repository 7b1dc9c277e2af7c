package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** {@code pgxl cluster verify}: a page of 80 columns. */
public final class VerifyPage {
    private static final int WIDTH = 80;

    private VerifyPage() {
    }

    /** @return lines, each ended */
    public static String of(Verification all) {
        if (all.servers() == 0) {
            return "cluster: none yet; pgxc_ctl.conf names no server\n";
        }
        List<String> lines = new ArrayList<>();
        lines.add("cluster: " + count(all.count(Severity.ERROR), "error") + ", "
                + count(all.count(Severity.WARNING), "warning") + " in " + count(all.servers(), "server")
                + (all.unasked().isEmpty() ? "" : "; " + all.unasked().size() + " not asked"));
        for (Finding finding : all.findings()) {
            lines.addAll(wrapped(finding.severity() + ": ", finding.where() + ": " + finding.what()));
            lines.addAll(wrapped("    follows: ", finding.follows()));
            if (finding.mend() instanceof Mend.Run run) {
                lines.add("    mend:");
                for (int i = 0; i < run.commands().size(); i++) {
                    List<String> command = new ArrayList<>(run.commands().get(i).lines(6, WIDTH - 3));
                    if (i + 1 < run.commands().size()) {
                        command.add(command.remove(command.size() - 1) + " &&");
                    }
                    lines.addAll(command);
                }
            } else if (finding.mend() instanceof Mend.Advice advice) {
                lines.addAll(wrapped("    mend: ", advice.sentence()));
            }
        }
        all.unasked().forEach(what -> lines.addAll(wrapped("not asked: ", what)));
        all.gone().forEach(host -> lines.addAll(wrapped("gone: ", "host " + host
                + ", which pgxc_ctl.conf named once; its name is not known any more")));
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private static String count(long number, String word) {
        return (number == 0 ? "no" : Long.toString(number)) + " " + word + (number == 1 ? "" : "s");
    }

    /** Further lines are indented by four columns more than the first. */
    private static List<String> wrapped(String label, String text) {
        String margin = " ".repeat(label.length() - label.stripLeading().length() + 4);
        List<String> lines = new ArrayList<>();
        var line = new StringBuilder(label.stripTrailing());
        for (String word : VisibleText.of(text).split(" +")) {
            if (line.length() + 1 + word.length() > WIDTH && line.length() > margin.length()) {
                lines.add(line.toString());
                line = new StringBuilder(margin.substring(1));
            }
            line.append(' ').append(word);
            while (line.length() > WIDTH) {
                lines.add(line.substring(0, WIDTH));
                line = new StringBuilder(margin).append(line.substring(WIDTH));
            }
        }
        lines.add(line.toString());
        return lines;
    }
}
