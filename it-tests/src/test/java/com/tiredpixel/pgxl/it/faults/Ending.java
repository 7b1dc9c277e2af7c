package com.tiredpixel.pgxl.it.faults;

import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Pgxl;
import java.util.List;
import java.util.stream.Stream;

/**
 * What there is after the last fault under load.
 *
 * @param commits how many were acknowledged
 * @param missing of those, the ones that are not there
 * @param down nodes that do not run, as the agent tells them
 */
record Ending(int commits, List<Integer> missing, List<String> down) {
    static final Ending NONE = new Ending(0, List.of(), List.of());

    /** Ends the load, and looks. */
    static Ending of(Cluster cluster, Load load) {
        List<Integer> missing = List.copyOf(load.missing());
        List<String> nodes = new Pgxl(cluster.sandbox()).nodes();
        return new Ending(load.commits(), missing, nodes.stream().filter(line -> !line.contains(" RUNNING ")).toList());
    }

    /** Of two clusters together, each of which counts its commits from 1. */
    Ending plus(Ending other) {
        return new Ending(commits + other.commits, both(missing, other.missing), both(down, other.down));
    }

    private static <T> List<T> both(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** As two more tries of a row, and a note. */
    void tell(Row row) {
        row.count(1, missing.isEmpty() ? 1 : 0, "acknowledged and missing: " + missing);
        row.count(1, down.isEmpty() ? 1 : 0, "left down: " + down);
        row.note(commits + " commits acknowledged, " + missing.size() + " missing, " + down.size() + " left down");
    }
}
