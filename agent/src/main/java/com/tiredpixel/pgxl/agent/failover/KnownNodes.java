package com.tiredpixel.pgxl.agent.failover;

import com.tiredpixel.pgxl.agent.node.ControlFile;
import com.tiredpixel.pgxl.agent.node.FileContent;
import com.tiredpixel.pgxl.agent.node.StateFileName;
import com.tiredpixel.pgxl.agent.os.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Keeps on the volume what each master knew of its cluster, and to whom it gave way: in files of the agent's state
 * directory, which outlive the container.
 */
final class KnownNodes {
    private static final int LARGEST = 1024 * 1024;

    private final Path place;
    private final Path home;

    /**
     * @param state the agent's state directory
     * @param home the volume
     */
    KnownNodes(Path state, Path home) {
        this.place = state.resolve("cluster");
        this.home = home;
    }

    /** @return what was known; nothing if nothing was, or of another database that lay there */
    Optional<Known> of(Path directory) {
        OptionalLong identifier = ControlFile.systemIdentifier(directory);
        return identifier.isPresent()
                        && FileContent.readUnlinked(file(directory), LARGEST) instanceof FileContent.Content all && all.complete()
                ? Known.parse(all.text()).filter(known -> known.identifier() == identifier.getAsLong())
                : Optional.empty();
    }

    /** When this returns, it is on the disk; it is written only if it is news. */
    void keep(Path directory, Known known) throws IOException {
        if (of(directory).filter(known::equals).isEmpty()) {
            Files.createDirectories(place);
            DurableFile.write(file(directory), known.text());
        }
    }

    /** @return to whom it gave way; nothing if to nobody, or if the directory has been made anew from that one since */
    Optional<Decision.GiveWay> gaveWay(Path directory) {
        if (!(FileContent.readUnlinked(mark(directory), LARGEST) instanceof FileContent.Content all) || !all.complete()) {
            return Optional.empty();
        }
        String[] field = all.text().split(" ", 3);
        OptionalLong identifier = ControlFile.systemIdentifier(directory);
        OptionalLong timeline = Timeline.of(directory);
        try {
            boolean isOf = field.length == 3 && identifier.isPresent() && timeline.isPresent()
                    && identifier.getAsLong() == Long.parseLong(field[0]) && timeline.getAsLong() < Long.parseLong(field[1]);
            return isOf ? Optional.of(new Decision.GiveWay(field[2].strip(), Long.parseLong(field[1]))) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** When this returns, it is on the disk. */
    void keep(Path directory, Decision.GiveWay way) throws IOException {
        OptionalLong identifier = ControlFile.systemIdentifier(directory);
        if (identifier.isPresent() && !gaveWay(directory).equals(Optional.of(way))) {
            Files.createDirectories(place);
            DurableFile.write(mark(directory), identifier.getAsLong() + " " + way.timeline() + " " + way.why() + "\n");
        }
    }

    void forgetWay(Path directory) throws IOException {
        Files.deleteIfExists(mark(directory));
    }

    private Path mark(Path directory) {
        return place.resolve(StateFileName.of(home, directory) + ".gave-way");
    }

    private Path file(Path directory) {
        return place.resolve(StateFileName.of(home, directory));
    }
}
