package com.tiredpixel.pgxl.agent.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How many subdirectories a directory has, from its link count: on traditional file systems that is two, and
 * one more for the {@code ..} of each subdirectory. So a folder of a million files need not be listed. Others
 * (btrfs, overlayfs, FUSE) say 1 or anything, and only those known to count are believed.
 */
final class SubdirectoryCount {
    private static final Set<String> COUNTING = Set.of("ext2", "ext3", "ext4", "xfs", "tmpfs");

    private final Map<Object, Boolean> countsByDevice = new HashMap<>();

    /** @return the number, or nothing where it cannot be known */
    OptionalLong of(Path directory) {
        try {
            Map<String, Object> attributes =
                    Files.readAttributes(directory, "unix:nlink,dev", LinkOption.NOFOLLOW_LINKS);
            long links = ((Number) attributes.get("nlink")).longValue();
            // ext4 gives up at 65,000 and says 1.
            return links >= 2 && counts(attributes.get("dev"), directory)
                    ? OptionalLong.of(links - 2)
                    : OptionalLong.empty();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            return OptionalLong.empty();
        }
    }

    private boolean counts(Object device, Path directory) throws IOException {
        Boolean known = countsByDevice.get(device);
        if (known == null) {
            known = COUNTING.contains(Files.getFileStore(directory).type());
            countsByDevice.put(device, known);
        }
        return known;
    }
}
