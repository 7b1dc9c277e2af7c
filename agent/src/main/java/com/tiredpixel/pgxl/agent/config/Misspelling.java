package com.tiredpixel.pgxl.agent.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Finds variables that were probably meant as a setting. A container may have {@code PGXL_*} of its own. */
final class Misspelling {
    private static final int NEAR = 2;

    private Misspelling() {
    }

    /** @return a sentence for each unknown variable within two edits of a setting, sorted by name */
    static List<String> warnings(Collection<String> variables) {
        List<String> warnings = new ArrayList<>();
        for (String variable : new TreeSet<>(variables)) {
            if (variable.startsWith("PGXL_") && !SettingsTable.OF_THE_LAUNCHER.contains(variable)) {
                meant(variable).ifPresent(name -> warnings.add(
                        "unknown variable " + Printable.of(variable) + " has no effect; is " + name + " meant?"));
            }
        }
        return List.copyOf(warnings);
    }

    private static Optional<String> meant(String variable) {
        Optional<String> nearest = Optional.empty();
        int least = NEAR + 1;
        for (Setting<?> setting : SettingsTable.ALL) {
            int distance = distance(variable, setting.name());
            if (distance == 0) {
                return Optional.empty();
            }
            if (distance < least) {
                least = distance;
                nearest = Optional.of(setting.name());
            }
        }
        return nearest;
    }

    /** Levenshtein's, without regard to missing or extra underscores; large if the lengths alone differ much. */
    private static int distance(String left, String right) {
        if (left.equals(right)) {
            return 0;
        }
        String a = left.replace("_", "");
        String b = right.replace("_", "");
        if (a.equals(b)) {
            return 1;
        }
        if (Math.abs(a.length() - b.length()) > NEAR) {
            return NEAR + 1;
        }
        return EditDistance.between(a, b);
    }
}
