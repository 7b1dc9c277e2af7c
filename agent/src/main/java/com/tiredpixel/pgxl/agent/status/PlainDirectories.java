package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The directories of a volume that are no nodes, the topmost of each: within bounds, and no links followed. */
final class PlainDirectories {
    private static final int MOST_SHOWN = 200;
    private static final int MOST_LOOKED_AT = 20_000;

    private final Collection<Path> known;
    private final List<Path> found = new ArrayList<>();
    private int lookedAt;

    private PlainDirectories(Collection<Path> known) {
        this.known = known;
    }

    /**
     * @param depth how many levels below home to look
     * @param known directories that are told of elsewhere; what leads to them is passed over
     */
    static List<Path> below(Path home, int depth, Collection<Path> known) {
        var directories = new PlainDirectories(known);
        directories.list(home, depth);
        directories.found.sort(null);
        return directories.found;
    }

    private void list(Path directory, int depth) {
        BoundedFiles.system().list(directory, MOST_LOOKED_AT, entry -> {
            if (++lookedAt > MOST_LOOKED_AT || found.size() >= MOST_SHOWN) {
                return false;
            }
            if (!known.contains(entry) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                if (known.stream().anyMatch(other -> other.startsWith(entry)) && depth > 1) {
                    list(entry, depth - 1);
                } else {
                    found.add(entry);
                }
            }
            return true;
        });
    }
}
