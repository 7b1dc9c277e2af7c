package com.tiredpixel.pgxl.agent.config;

import java.nio.file.Path;
import java.util.Set;

/**
 * Directories of the Filesystem Hierarchy Standard. None of them is a volume for servers, even where one is mounted
 * there: it may be the host's own.
 */
public final class SystemDirectories {
    private static final Set<Path> WITH_ALL_BELOW = paths(
            "/bin /boot /dev /etc /lib /lib32 /lib64 /libx32 /proc /sbin /sys /usr/bin /usr/games /usr/include /usr/lib"
                    + " /usr/lib32 /usr/lib64 /usr/libexec /usr/libx32 /usr/sbin /usr/share /usr/src");
    private static final Set<Path> THEMSELVES = paths(
            "/home /media /mnt /opt /root /run /srv /tmp /usr /var /run/lock /run/user /usr/local /usr/local/bin"
                    + " /usr/local/etc /usr/local/games /usr/local/include /usr/local/lib /usr/local/lib64"
                    + " /usr/local/libexec /usr/local/man /usr/local/sbin /usr/local/share /usr/local/src /var/backups"
                    + " /var/cache /var/crash /var/lib /var/local /var/lock /var/log /var/mail /var/opt /var/run"
                    + " /var/spool /var/tmp");

    private SystemDirectories() {
    }

    private static Set<Path> paths(String words) {
        return Set.of(words.split(" ")).stream().map(Path::of).collect(java.util.stream.Collectors.toUnmodifiableSet());
    }

    /** @param directory an absolute path without {@code .} and {@code ..} */
    public static boolean contains(Path directory) {
        return directory.getNameCount() == 0
                || THEMSELVES.contains(directory)
                || WITH_ALL_BELOW.stream().anyMatch(directory::startsWith);
    }
}
