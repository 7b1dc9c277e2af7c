package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What lies on a volume.
 *
 * @param findings every directory that is, or looks like, a node, sorted by path
 * @param notes lower-case sentences about what was not looked at, and why
 * @param silent what was not to be touched, because it does not answer
 */
public record VolumeScan(List<Finding> findings, List<String> notes, List<Path> silent) {
    /** Entries of one directory that are looked at: to look at more would take seconds. */
    public static final int ENTRIES_BOUND = 100_000;

    /** Copies the lists. */
    public VolumeScan {
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
        silent = List.copyOf(silent);
    }

    /** Of a volume that answers everywhere. */
    public VolumeScan(List<Finding> findings, List<String> notes) {
        this(findings, notes, List.of());
    }

    /** @return whether this is, or lies in, what does not answer */
    public boolean isSilent(Path path) {
        return silent.stream().anyMatch(path::startsWith);
    }

    /**
     * Scans a volume.
     *
     * @param home where it is mounted; that it is not there is a note
     * @param depth how many levels below home a node may lie
     * @param entriesBound how many entries of one directory are looked at, such as {@link #ENTRIES_BOUND}
     * @param override {@code PGXL_ROLE}: for the one directory whose files do not settle its role
     */
    public static VolumeScan scan(Path home, int depth, int entriesBound, Optional<Role> override) {
        return scan(home, depth, entriesBound, override, any -> true);
    }

    /**
     * As the other, for whoever must know where it hangs.
     *
     * @param mayTouch told of each path before it is touched; whether to go on there
     */
    public static VolumeScan scan(
            Path home, int depth, int entriesBound, Optional<Role> override, Predicate<Path> mayTouch) {
        DirectoryWalk walk = new DirectoryWalk(entriesBound, mayTouch);
        if (!walk.mayTouch(home)) {
            return new VolumeScan(List.of(), List.copyOf(walk.notes()), walk.silent());
        }
        if (Files.isDirectory(home)) {
            walk.visit(home, depth);
            followLinks(home, depth, walk);
        } else {
            walk.note(home + " is not a directory, or not there");
        }
        List<Finding> findings = new ArrayList<>();
        for (Path directory : walk.candidates()) {
            if (walk.mayTouch(directory)) {
                findings.add(RoleDetector.examine(directory, Optional.empty()));
            }
        }
        VolumeRules rules = new VolumeRules(findings, override);
        findings = new ArrayList<>(rules.apply());
        rules.note().ifPresent(walk::note);
        for (Path archive : walk.archives()) {
            findings.add(new Finding.NotANode(archive, "it is an archive of WAL", List.of()));
        }
        findings.sort(Comparator.comparing(Finding::directory));
        return new VolumeScan(findings, List.copyOf(walk.notes()), walk.silent());
    }

    /** @return a directory as the log names it: relative to home, with odd characters made visible */
    public static String name(Path home, Path directory) {
        return VisibleText.of(inHome(home, directory).toString());
    }

    /** @return a directory relative to home where it lies in it; else as it is */
    public static Path inHome(Path home, Path directory) {
        return directory.startsWith(home) && !directory.equals(home) ? home.relativize(directory) : directory;
    }

    /**
     * What a link leads to inside home has been seen already, unless it lies deeper than the walk went. Outside
     * of home nothing is started, but a node there is worth a note.
     */
    private static void followLinks(Path home, int depth, DirectoryWalk walk) {
        List<DirectoryWalk.Link> links = List.copyOf(walk.links());
        for (DirectoryWalk.Link link : links) {
            if (!walk.mayTouch(link.path())) {
                continue;
            }
            try {
                Path realHome = home.toRealPath();
                Path target = link.path().toRealPath();
                if (!target.startsWith(realHome)) {
                    if (SignatureFiles.of(target).isCandidate()) {
                        walk.note(VisibleText.of(link.path() + " leads out of " + home + " to " + target
                                + ", which looks like a node: it is not followed"));
                    }
                    continue;
                }
                Path inside = home.resolve(realHome.relativize(target));
                boolean seen = inside.getNameCount() - home.getNameCount() <= depth
                        || walk.candidates().stream().anyMatch(inside::startsWith);
                if (!seen && Files.isDirectory(inside)) {
                    walk.visit(inside, link.depthLeft());
                }
            } catch (IOException loopOrNothing) {
                // A link to itself or to nothing leads to no node.
            }
        }
    }
}
