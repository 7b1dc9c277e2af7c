package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Whether only root could have changed where a path leads: whoever may write a directory on it may put a symbolic link to
 * somewhere else in its place.
 */
public final class SecurePath {
    private static final int STICKY = 01000;
    private static final int OF_OTHERS = 0022;

    private SecurePath() {
    }

    /**
     * @param directory an absolute path, which need not exist
     * @return the first directory above it, or above what links on the way lead to, that others than root could
     *     have changed; empty if there is none
     * @throws IOException if the way cannot be seen
     */
    public static Optional<Path> firstInsecure(Path directory) throws IOException {
        Path parent = directory.getParent();
        while (parent != null && !Files.exists(parent)) {
            parent = parent.getParent();
        }
        if (parent == null) {
            return Optional.empty();
        }
        // Even if it is sticky: what is not there yet, anybody may make first, a link too.
        boolean incomplete = !parent.equals(directory.getParent()) || !Files.exists(directory, LinkOption.NOFOLLOW_LINKS);
        if (incomplete && isOpenToOthers(parent)) {
            return Optional.of(parent);
        }
        Optional<Path> asWritten = firstInsecureOn(parent);
        return asWritten.isPresent() ? asWritten : firstInsecureOn(parent.toRealPath());
    }

    private static Optional<Path> firstInsecureOn(Path way) throws IOException {
        if (!ofRoot(way.getRoot())) {
            return Optional.of(way.getRoot());
        }
        for (int i = 1; i <= way.getNameCount(); i++) {
            Path step = way.getRoot().resolve(way.subpath(0, i));
            if (!ofRoot(step)) {
                return Optional.of(step);
            }
        }
        return Optional.empty();
    }

    private static boolean isOpenToOthers(Path directory) throws IOException {
        return ((Integer) Files.getAttribute(directory, "unix:mode") & OF_OTHERS) != 0;
    }

    private static boolean ofRoot(Path step) throws IOException {
        Map<String, Object> seen;
        try {
            seen = Files.readAttributes(step, "unix:uid,mode,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return true;
        }
        int mode = (Integer) seen.get("mode");
        // The bits of a link mean nothing; in a sticky directory nobody can rename what is another's.
        boolean mayChange = (mode & OF_OTHERS) != 0 && (mode & STICKY) == 0 && !(Boolean) seen.get("isSymbolicLink");
        return seen.get("uid").equals(0) && !mayChange;
    }
}
