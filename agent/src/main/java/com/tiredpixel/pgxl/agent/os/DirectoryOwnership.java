package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** Takes a fresh volume over: its top directory belongs to root until someone with that right gives it away. */
public final class DirectoryOwnership {
    private static final int LONGEST_FDINFO = 4096;

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
     * Gives a directory of root to a user. Only the directory itself: what lies in it keeps its owner. It has to be a
     * mount point, or empty, or to have something of the user's in it that shows that it was his before: any other
     * directory of root's may be one of the system. A symbolic link is refused, and so is the directory of a third user.
     *
     * @param directory an existing directory
     * @param user the new owner, with the primary group
     * @param mode permission bits, such as 0700
     * @param mark the name of what the user has in a directory that was his before
     */
    public Result takeOver(Path directory, UserDatabase.User user, int mode, String mark) {
        Architecture here = Architecture.current();
        int flags = Libc.O_RDONLY | here.directoryFlag() | here.noFollowFlag() | Libc.O_CLOEXEC;
        int descriptor = libc.open(NativeStrings.terminated(NativeStrings.path(directory)), flags);
        if (descriptor < 0) {
            return new Result.Refused("cannot open directory " + directory + ": " + Errno.describe(descriptor));
        }
        try {
            return takeOver(directory, descriptor, user, mode, mark);
        } finally {
            libc.close(descriptor);
        }
    }

    /** By descriptor, so that nobody can put another directory in its place between look and change. */
    private Result takeOver(Path directory, int descriptor, UserDatabase.User user, int mode, String mark) {
        Path opened = Path.of("/proc/self/fd/" + descriptor);
        boolean mayBeTaken;
        int owner;
        try {
            Map<String, Object> attributes = Files.readAttributes(opened, "unix:uid");
            owner = (Integer) attributes.get("uid");
            mayBeTaken = owner == 0
                    && (isMountPoint(directory, descriptor) || isEmpty(opened) || isOf(opened.resolve(mark), user));
        } catch (IOException e) {
            return new Result.Refused("cannot look at " + directory + ": " + e.getMessage());
        }
        if (owner == user.uid()) {
            return new Result.Owned();
        }
        if (owner != 0) {
            return new Result.Refused(
                    directory + " belongs to uid " + owner + ", neither to root nor to " + user.name());
        }
        if (!mayBeTaken) {
            return new Result.Refused(directory + " belongs to root, no volume is mounted there, and there is something"
                    + " in it: it is not given to " + user.name());
        }
        int result = libc.fchown(descriptor, user.uid(), user.gid());
        if (result == 0) {
            result = libc.fchmod(descriptor, mode);
        }
        return result == 0
                ? new Result.Taken()
                : new Result.Refused("cannot give " + directory + " to " + user.name() + ": " + Errno.describe(result));
    }

    /** Of a bind mount even the device is that of the directory above; only the mount is another. */
    private boolean isMountPoint(Path directory, int descriptor) throws IOException {
        Path above = directory.toAbsolutePath().getParent();
        int flags = Libc.O_RDONLY | Architecture.current().directoryFlag() | Libc.O_CLOEXEC;
        int parent = libc.open(NativeStrings.terminated(NativeStrings.path(above)), flags);
        if (parent < 0) {
            throw new IOException("cannot open " + above + ": " + Errno.describe(parent));
        }
        try {
            return !mountOf(descriptor).equals(mountOf(parent));
        } finally {
            libc.close(parent);
        }
    }

    private static String mountOf(int descriptor) throws IOException {
        return BoundedFiles.system().readOnce("/proc/self/fdinfo/" + descriptor, LONGEST_FDINFO)
                .map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
                .flatMap(text -> text.lines().filter(line -> line.startsWith("mnt_id:")).findFirst())
                .orElseThrow(() -> new IOException("/proc does not tell mounts apart"));
    }

    private static boolean isEmpty(Path directory) throws IOException {
        boolean[] some = new boolean[1];
        Listing listing = BoundedFiles.system().list(directory, 1, entry -> some[0] = true);
        if (!(listing instanceof Listing.Listed)) {
            throw new IOException("it cannot be listed: " + listing);
        }
        return !some[0];
    }

    private static boolean isOf(Path entry, UserDatabase.User user) throws IOException {
        return Files.exists(entry, LinkOption.NOFOLLOW_LINKS)
                && Files.getAttribute(entry, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(user.uid());
    }
}
