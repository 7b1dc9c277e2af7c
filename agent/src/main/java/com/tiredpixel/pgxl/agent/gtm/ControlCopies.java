package com.tiredpixel.pgxl.agent.gtm;

import com.tiredpixel.pgxl.agent.node.GtmControl;
import com.tiredpixel.pgxl.agent.node.GtmControl.Reading;
import com.tiredpixel.pgxl.agent.node.StateFileName;
import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.DurableFile;
import com.tiredpixel.pgxl.agent.os.NewFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The copies of one node's {@code gtm.control}, in a directory of their own in the agent's state directory: who removes
 * or restores a data directory leaves them. Their names have a number, as the time of day may be set back.
 */
final class ControlCopies {
    /** Ten copies and ten that were set aside are kept of each node. */
    private static final int MOST_ENTRIES = 10_000;
    private static final int MOST_ASIDE = 5;
    private static final Pattern NAME = Pattern.compile("([0-9]{10})-([0-9]{8}T[0-9]{6}Z)");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path directory;

    /**
     * A copy.
     *
     * @param file where it is
     * @param number higher than that of every older one
     * @param madeAt to the second
     */
    record Copy(Path file, long number, Instant madeAt) {
    }

    /**
     * A copy with what is in it.
     *
     * @param copy which
     * @param control all of it is there
     */
    record Known(Copy copy, GtmControl control) {
    }

    private ControlCopies(Path directory) {
        this.directory = directory;
    }

    /**
     * @param state the agent's state directory
     * @param home the volume
     * @param node a data directory, maybe outside of it
     */
    static ControlCopies of(Path state, Path home, Path node) {
        return new ControlCopies(state.resolve("gtm-control").resolve(StateFileName.of(home, node)));
    }

    Path directory() {
        return directory;
    }

    /** @return newest first */
    List<Copy> all() throws IOException {
        var copies = new ArrayList<Copy>();
        for (Path file : BoundedFiles.system().entries(directory, MOST_ENTRIES)) {
            Matcher name = NAME.matcher(file.getFileName().toString());
            if (name.matches()) {
                copies.add(new Copy(file, Long.parseLong(name.group(1)), time(name.group(2))));
            }
        }
        copies.sort(Comparator.comparingLong(Copy::number).reversed());
        return copies;
    }

    private static Instant time(String text) {
        try {
            return Instant.from(TIME.parse(text));
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    /** @return the newest that is whole */
    Optional<Known> newest() throws IOException {
        for (Copy copy : all()) {
            if (GtmControl.read(copy.file()) instanceof Reading.Whole whole) {
                return Optional.of(new Known(copy, whole.control()));
            }
        }
        return Optional.empty();
    }

    /** Adds one, and removes those that are no longer needed. When this returns, it is on the disk. */
    Copy add(NewFile.Content content, Instant now) throws IOException {
        Files.createDirectories(directory);
        long number = all().stream().mapToLong(Copy::number).max().orElse(0) + 1;
        Path file = directory.resolve(String.format("%010d-%s", number, TIME.format(now)));
        DurableFile.write(file, content);
        for (Copy old : CopySpacing.superfluous(all(), Copy::madeAt, now)) {
            Files.deleteIfExists(old.file());
        }
        return new Copy(file, number, now);
    }

    /**
     * Begins anew: the copies are another cluster's, or the operator does not want them.
     *
     * @return where they are now; nothing if there were none
     */
    Optional<Path> setAside(Instant now) throws IOException {
        if (all().isEmpty()) {
            return Optional.empty();
        }
        String name = directory.getFileName() + ".before-" + TIME.format(now);
        Path aside = directory.resolveSibling(name);
        for (int i = 2; Files.exists(aside); i++) {
            aside = directory.resolveSibling(name + "." + i);
        }
        Files.move(directory, aside, StandardCopyOption.ATOMIC_MOVE);
        DurableFile.sync(directory.getParent());
        removeOldest();
        return Optional.of(aside);
    }

    /** A directory that is made anew over and over must not fill the volume. */
    private void removeOldest() throws IOException {
        var aside = new ArrayList<Path>();
        for (Path file : BoundedFiles.system().entries(directory.getParent(), MOST_ENTRIES)) {
            if (file.getFileName().toString().startsWith(directory.getFileName() + ".before-")) {
                aside.add(file);
            }
        }
        aside.sort(Comparator.naturalOrder());
        for (Path old : aside.subList(0, Math.max(0, aside.size() - MOST_ASIDE))) {
            for (Copy copy : new ControlCopies(old).all()) {
                Files.deleteIfExists(copy.file());
            }
            Files.deleteIfExists(old);
        }
    }
}
