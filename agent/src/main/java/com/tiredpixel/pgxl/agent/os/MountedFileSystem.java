package com.tiredpixel.pgxl.agent.os;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The mounted file system in which a directory lies. Its name decides, not the number of {@code statfs(2)}: 9p answers
 * with the number of whatever lies behind its server.
 *
 * @param type as {@code /proc/self/mountinfo} names it, such as {@code ext4} or {@code fuse.sshfs}; {@link #UNKNOWN}
 *     where nothing is found
 * @param device {@code major:minor} of it, one number for each mounted file system of this kernel at one time; empty if
 *     it cannot be seen
 * @param options of the file system, as the kernel sees them
 */
public record MountedFileSystem(String type, String device, Set<String> options) {
    /** The type of a file system of which nothing is known. */
    public static final String UNKNOWN = "an unknown file system";

    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    /**
     * Disks and memory of one kernel, which keeps the locks of all its containers. fuse-overlayfs is the root file system
     * of one container that runs without root.
     */
    private static final Set<String> OF_ONE_KERNEL = Set.of(
            "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "jfs", "reiserfs", "nilfs2",
            "overlay", "tmpfs", "ramfs", "fuse.fuse-overlayfs");

    /** Copies the set. */
    public MountedFileSystem {
        options = Set.copyOf(options);
    }

    /** @return what is mounted where this directory lies */
    public static MountedFileSystem of(Path directory) {
        return of(directory, MOUNTS);
    }

    /** @param mounts a file in the form of {@code /proc/self/mountinfo} */
    static MountedFileSystem of(Path directory, Path mounts) {
        try {
            String device = device((Long) Files.getAttribute(directory, "unix:dev"));
            return find(device, directory, mounts);
        } catch (IOException e) {
            return new MountedFileSystem(UNKNOWN, "", Set.of());
        }
    }

    /** As glibc lays {@code dev_t} out. */
    static String device(long number) {
        long major = number >> 8 & 0xfff | number >> 32 & 0xfffff000L;
        long minor = number & 0xff | number >> 12 & 0xffffff00L;
        return major + ":" + minor;
    }

    /** By its device. Only the files of a btrfs subvolume have another one than the mount; those by their path. */
    private static MountedFileSystem find(String device, Path directory, Path mounts) throws IOException {
        MountedFileSystem around = new MountedFileSystem(UNKNOWN, device, Set.of());
        int longest = -1;
        try (var reader = new BufferedReader(new InputStreamReader(
                BoundedFiles.system().stream(mounts), StandardCharsets.ISO_8859_1))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int separator = line.indexOf(" - ");
                String[] mount = line.substring(0, Math.max(0, separator)).split(" ");
                String[] system = line.substring(separator < 0 ? 0 : separator + 3).split(" ");
                if (mount.length < 5 || system.length < 3) {
                    continue;
                }
                var found = new MountedFileSystem(system[0], device, Set.of(system[2].split(",")));
                if (mount[2].equals(device)) {
                    return found;
                }
                if (directory.startsWith(mount[4]) && mount[4].length() >= longest) {
                    longest = mount[4].length();
                    around = found;
                }
            }
        }
        return around.type().equals("btrfs") ? around : new MountedFileSystem(UNKNOWN, device, Set.of());
    }

    /** @return whether a lock here keeps out everybody who can reach the file system at all */
    public boolean isOfOneKernel() {
        return OF_ONE_KERNEL.contains(type);
    }

    /** @return whether the lock of a regular file is the server's, the same for every mount of every machine */
    public boolean locksOnItsServer() {
        return (type.equals("nfs") || type.equals("nfs4")) && options.contains("local_lock=none");
    }
}
