package com.tiredpixel.pgxl.agent.cluster.verify;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** All servers are of one version, with the same mends. */
final class VersionCheck implements Check {

    @Override
    public List<Finding> findings(Facts facts) {
        Map<String, Long> counts = facts.members().stream().map(one -> one.view().version())
                .filter(version -> !version.isEmpty())
                .collect(Collectors.groupingBy(version -> version, Collectors.counting()));
        // The most frequent; of two equally frequent ones the greater.
        String usual = counts.entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey(
                        Comparator.naturalOrder())))
                .map(Map.Entry::getKey).orElse("");
        return facts.members().stream()
                .filter(one -> !one.view().version().isEmpty() && !one.view().version().equals(usual))
                .map(one -> new Finding(Severity.WARNING, "version", one.where(),
                        "it is " + one.view().version() + ", others are " + usual,
                        "a mend that one server has not protects nobody whose rows pass it",
                        new Mend.Advice("start its container from the image of the others")))
                .toList();
    }
}
