package com.tiredpixel.pgxl.agent.node;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Decides what a directory is, from its files alone. Reads; never writes, waits or lists. */
public final class RoleDetector {
    private RoleDetector() {
    }

    /**
     * Examines one directory.
     *
     * @param directory an existing directory
     * @param override {@code PGXL_ROLE}; counts only where the files do not settle the role
     */
    public static Finding examine(Path directory, Optional<Role> override) {
        SignatureFiles marks = SignatureFiles.of(directory);
        List<Evidence> found = marks.found();
        if (found.isEmpty()) {
            return new Finding.NotANode(directory, "it has none of the files of a node", List.of());
        }
        if (found.size() == 1) {
            return examineAs(directory, marks, override);
        }
        return override.filter(marks::fit)
                .map(role -> examineMixed(directory, marks, role))
                .orElseGet(() -> mixed(directory, found));
    }

    private static Finding examineAs(Path directory, SignatureFiles marks, Optional<Role> override) {
        if (marks.gtm().isPresent()) {
            return new GtmDetector(directory, Role.GTM, marks.found()).examine();
        }
        return marks.proxy().isPresent()
                ? new GtmDetector(directory, Role.GTM_PROXY, marks.found()).examine()
                : new PostgresDetector(directory, marks.found()).examine(override);
    }

    /** The operator has said which of the kinds it is; the files of that kind must still bear it out. */
    private static Finding examineMixed(Path directory, SignatureFiles marks, Role role) {
        List<Evidence> evidence = new ArrayList<>(marks.found());
        evidence.add(0, new Evidence(
                Evidence.Weight.OPERATOR, "PGXL_ROLE", "says " + role.label(), Optional.of(role)));
        Finding finding = role.program() == Program.POSTGRES
                ? new PostgresDetector(directory, evidence).examine(Optional.of(role))
                : new GtmDetector(directory, role, evidence).examine();
        boolean another = finding instanceof Finding.Node node && node.role() != role;
        return another ? mixed(directory, finding.evidence()) : finding;
    }

    private static Finding mixed(Path directory, List<Evidence> evidence) {
        return new Finding.Contradiction(
                directory,
                "it has the files of more than one kind of node: " + evidence.stream()
                        .filter(piece -> piece.weight() == Evidence.Weight.MARK)
                        .map(Evidence::file)
                        .collect(Collectors.joining(", ")),
                "move the files away that do not belong there, or set PGXL_ROLE to what it is",
                true,
                evidence);
    }
}
