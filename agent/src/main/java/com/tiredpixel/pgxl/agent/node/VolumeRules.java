package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can only be judged over all directories of a volume: the operator's override, and copies. */
final class VolumeRules {
    private final List<Finding> findings;
    private final Optional<Role> override;
    private final List<Finding.Contradiction> ambiguous;

    /** @param findings each examined by itself, without the override */
    VolumeRules(List<Finding> findings, Optional<Role> override) {
        this.findings = List.copyOf(findings);
        this.override = override;
        this.ambiguous = findings.stream()
                .filter(Finding.Contradiction.class::isInstance)
                .map(Finding.Contradiction.class::cast)
                .filter(Finding.Contradiction::roleSettlesIt)
                .toList();
    }

    List<Finding> apply() {
        List<Finding> overridden = findings.stream().map(this::override).toList();
        return overridden.stream().map(finding -> contest(finding, overridden)).toList();
    }

    /** @return what became of an override that was not used */
    Optional<String> note() {
        return override.filter(role -> ambiguous.isEmpty())
                .map(role -> "PGXL_ROLE=" + role.label() + " was not needed: every directory's files settle its role");
    }

    private Finding override(Finding finding) {
        if (override.isEmpty() || !ambiguous.contains(finding)) {
            return finding;
        }
        if (ambiguous.size() == 1) {
            return RoleDetector.examine(finding.directory(), override);
        }
        Finding.Contradiction contradiction = (Finding.Contradiction) finding;
        return new Finding.Contradiction(
                contradiction.directory(),
                contradiction.what(),
                "PGXL_ROLE=" + override.get().label() + " is for one directory, but " + ambiguous.size()
                        + " are ambiguous (" + names(ambiguous.stream().map(Finding::directory).toList())
                        + "): start all but one by hand, with pg_ctl start -Z ROLE -D DIRECTORY",
                true,
                contradiction.evidence());
    }

    /**
     * Two directories with one identity are a node and its copy, or two copies. One that says that it was
     * started where it lies is no copy; of the others nobody knows.
     */
    private static Finding contest(Finding finding, List<Finding> all) {
        if (!(finding instanceof Finding.Node node) || node.placeProven() || node.identity().isEmpty()) {
            return finding;
        }
        List<Path> twins = new ArrayList<>();
        for (Finding other : all) {
            if (other != finding && other instanceof Finding.Node twin && twin.identity().equals(node.identity())) {
                twins.add(twin.directory());
            }
        }
        if (twins.isEmpty()) {
            return finding;
        }
        return new Finding.Contradiction(
                node.directory(),
                "it may be a copy: it has the same " + VisibleText.of(node.identity().get()) + " as " + names(twins)
                        + ", and nothing in it says that it was started here",
                "remove the copy, or start the right one once by hand",
                false,
                node.evidence());
    }

    private static String names(List<Path> directories) {
        return directories.stream()
                .map(directory -> VisibleText.of(directory.toString()))
                .collect(Collectors.joining(", "));
    }
}
