package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.Listing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Walks a volume, depth first, and notes which directories have the marks of a node. Those are not entered, and
 * links are not followed. Its memory does not grow with the volume: names are looked at one by one, and every
 * list has a bound.
 */
final class DirectoryWalk {
    private static final Set<String> NOT_ENTERED = Set.of(".pgxl", ".ssh", "lost+found");
    /** Segments, partial ones, histories and backup labels, as {@code archive_command} names them. */
    private static final Pattern ARCHIVED =
            Pattern.compile("[0-9A-F]{24}(\\.partial|\\.[0-9A-F]{8}\\.backup|\\.gz)?|[0-9A-F]{8}\\.history");
    /** Entries that are looked at even where there is no further subdirectory: for links, and for archives. */
    private static final int LOOKED_AT_ANYWAY = 16;
    /** How many directories may be looked at up to the bound: to look at an entry takes some 5 microseconds. */
    private static final int FULL_DIRECTORIES = 5;
    private static final int MOST_REMARKS = 1000;
    private static final int MOST_DIRECTORIES = 100_000;

    private final int entriesBound;
    private final Predicate<Path> mayTouch;
    private final SubdirectoryCount subdirectories = new SubdirectoryCount();
    private final List<Path> candidates = new ArrayList<>();
    private final List<Path> archives = new ArrayList<>();
    private final List<Path> silent = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private boolean tooDeep;
    private int directories;
    private long allEntries;

    /** A symbolic link, and how many levels below it the walk might have gone. */
    record Link(Path path, int depthLeft) {
    }

    /**
     * @param entriesBound how many entries of one directory are looked at
     * @param mayTouch told of each path before it is touched
     */
    DirectoryWalk(int entriesBound, Predicate<Path> mayTouch) {
        this.entriesBound = entriesBound;
        this.mayTouch = mayTouch;
    }

    /** @param depth how many levels below the directory to look */
    void visit(Path directory, int depth) {
        if (++directories > MOST_DIRECTORIES) {
            note("more than " + MOST_DIRECTORIES + " directories: the others were not looked at");
            return;
        }
        if (!mayTouch(directory)) {
            return;
        }
        if (SignatureFiles.of(directory).isCandidate()) {
            if (candidates.size() < MOST_REMARKS) {
                candidates.add(directory);
            } else {
                note("more than " + MOST_REMARKS + " directories look like a node: the others were not looked at");
            }
            return;
        }
        if (depth > 0) {
            list(directory, depth);
        } else if (!tooDeep && hasFolder(directory)) {
            tooDeep = true;
            note(VisibleText.of("PGXL_SCAN_DEPTH: folders below " + directory
                    + ", and others as deep, were not looked at: a node there is not found"));
        }
    }

    private boolean hasFolder(Path directory) {
        OptionalLong known = subdirectories.of(directory);
        if (known.isPresent()) {
            return known.getAsLong() > 0;
        }
        boolean[] found = new boolean[1];
        BoundedFiles.system().list(directory, LOOKED_AT_ANYWAY, entry -> {
            found[0] = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
            return !found[0];
        });
        return found[0];
    }

    /** @return whether it may be touched; if not, that is noted */
    boolean mayTouch(Path path) {
        boolean may = mayTouch.test(path);
        if (!may && silent.size() < MOST_REMARKS && !silent.contains(path)) {
            silent.add(path);
            note(VisibleText.of(path + " does not answer: a node in it was not looked for"));
        }
        return may;
    }

    List<Path> silent() {
        return silent;
    }

    List<Path> candidates() {
        return candidates;
    }

    List<Path> archives() {
        return archives;
    }

    List<Link> links() {
        return links;
    }

    Set<String> notes() {
        return notes;
    }

    void note(String note) {
        if (notes.size() < MOST_REMARKS) {
            notes.add(note);
        }
    }

    private void list(Path directory, int depth) {
        var entries = new Entries(directory, depth);
        if (!(BoundedFiles.system().list(directory, Integer.MAX_VALUE, entries::take) instanceof Listing.Listed)) {
            note(VisibleText.of(directory + " cannot be read: a node in it was not looked for"));
        }
        if (entries.count > 0 && entries.archived == entries.count && archives.size() < MOST_REMARKS) {
            archives.add(directory);
        }
    }

    /** Those of one directory, one by one. */
    private final class Entries {
        private final Path directory;
        private final int depth;
        private final OptionalLong expected;
        private long found;
        private long count;
        private long archived;

        Entries(Path directory, int depth) {
            this.directory = directory;
            this.depth = depth;
            this.expected = subdirectories.of(directory);
        }

        /** @return whether to go on */
        boolean take(Path entry) {
            boolean allFound = expected.isPresent() && found >= expected.getAsLong();
            if (allFound && count >= LOOKED_AT_ANYWAY) {
                return false;
            }
            if (count == entriesBound) {
                note(VisibleText.of(directory + " has more than " + entriesBound
                        + " entries: a node among the others was not looked for"));
                return false;
            }
            if (++allEntries > FULL_DIRECTORIES * (long) entriesBound) {
                note("more than " + FULL_DIRECTORIES * (long) entriesBound
                        + " entries in all: a node among the others was not looked for");
                return false;
            }
            count++;
            if (ARCHIVED.matcher(entry.getFileName().toString()).matches()) {
                archived++;
            } else if (mayTouch(entry) && isDirectory(entry, depth)) {
                found++;
                enter(entry, depth);
            }
            return mayTouch(directory);
        }
    }

    private boolean isDirectory(Path entry, int depth) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isSymbolicLink() && links.size() < MOST_REMARKS) {
                links.add(new Link(entry, depth - 1));
            }
            return attributes.isDirectory();
        } catch (IOException vanished) {
            return false;
        }
    }

    private void enter(Path directory, int depth) {
        if (!NOT_ENTERED.contains(directory.getFileName().toString())) {
            visit(directory, depth - 1);
        }
    }
}
