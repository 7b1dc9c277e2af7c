package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Takes a fresh volume over: its top directory belongs to root until someone with that right gives it away. */
public final class DirectoryOwnership {
    private final Libc libc;

    /** @param libc the C library */
    public DirectoryOwnership(Libc libc) {
        this.libc = libc;
    }

    /** What came of {@link #takeOver}. */
    public sealed interface Result {

        /** It belonged to root and now to the user. */
        record Taken() implements Result {
        }

        /** It belonged to the user already; its mode was left alone. */
        record Owned() implements Result {
        }

        /**
         * Nothing was changed, or not all.
         *
         * @param reason a lower-case sentence with the path
         */
        record Refused(String reason) implements Result {
        }
    }

    /**
     * Gives a directory of root to a user. Only the directory itself: what lies in it keeps its owner. A
     * symbolic link is refused, and so is the directory of a third user.
     *
     * @param directory an existing directory
     * @param user the new owner, with the primary group
     * @param mode permission bits, such as 0700
     */
    public Result takeOver(Path directory, UserDatabase.User user, int mode) {
        Architecture here = Architecture.current();
        int flags = Libc.O_RDONLY | here.directoryFlag() | here.noFollowFlag() | Libc.O_CLOEXEC;
        int descriptor = libc.open(NativeStrings.terminated(NativeStrings.path(directory)), flags);
        if (descriptor < 0) {
            return new Result.Refused("cannot open directory " + directory + ": " + Errno.describe(descriptor));
        }
        try {
            return takeOver(directory, descriptor, user, mode);
        } finally {
            libc.close(descriptor);
        }
    }

    /** By descriptor, so that nobody can put another directory in its place between look and change. */
    private Result takeOver(Path directory, int descriptor, UserDatabase.User user, int mode) {
        int owner;
        try {
            Map<String, Object> attributes = Files.readAttributes(Path.of("/proc/self/fd/" + descriptor), "unix:uid");
            owner = (Integer) attributes.get("uid");
        } catch (IOException e) {
            return new Result.Refused("cannot see the owner of " + directory + ": " + e.getMessage());
        }
        if (owner == user.uid()) {
            return new Result.Owned();
        }
        if (owner != 0) {
            return new Result.Refused(
                    directory + " belongs to uid " + owner + ", neither to root nor to " + user.name());
        }
        int result = libc.fchown(descriptor, user.uid(), user.gid());
        if (result == 0) {
            result = libc.fchmod(descriptor, mode);
        }
        return result == 0
                ? new Result.Taken()
                : new Result.Refused("cannot give " + directory + " to " + user.name() + ": " + Errno.describe(result));
    }
}
