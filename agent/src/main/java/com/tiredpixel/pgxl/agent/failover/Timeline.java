package com.tiredpixel.pgxl.agent.failover;

import com.tiredpixel.pgxl.agent.node.ControlFile;
import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.Listing;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** On which timeline a data directory is, whether its server runs or not. */
final class Timeline {
    private static final int MOST_FILES = 100_000;
    private static final String HISTORY = "[0-9A-F]{8}\\.history";

    private Timeline() {
    }

    /**
     * A promotion writes the history file of the new timeline first; pg_control has it only after the next checkpoint.
     *
     * @return the highest; nothing if pg_control or the list of WAL files cannot be read
     */
    static OptionalLong of(Path directory) {
        OptionalLong checkpoint = ControlFile.timeline(directory);
        if (checkpoint.isEmpty()) {
            return checkpoint;
        }
        long[] highest = {checkpoint.getAsLong()};
        for (String wal : List.of("pg_wal", "pg_xlog")) {
            Listing listing = BoundedFiles.system().list(directory.resolve(wal), MOST_FILES, file -> {
                String name = file.getFileName().toString();
                if (name.matches(HISTORY)) {
                    highest[0] = Math.max(highest[0], Long.parseLong(name.substring(0, 8), 16));
                }
                return true;
            });
            if (listing instanceof Listing.Unreadable || listing instanceof Listing.Listed listed && !listed.whole()) {
                return OptionalLong.empty();
            }
        }
        return OptionalLong.of(highest[0]);
    }
}
