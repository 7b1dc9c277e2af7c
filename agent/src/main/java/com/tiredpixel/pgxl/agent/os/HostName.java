package com.tiredpixel.pgxl.agent.os;

import java.nio.charset.StandardCharsets;

/** How this container is called. Java's own way to find out asks DNS, and may wait for it. */
public final class HostName {
    private HostName() {
    }

    /** @return as {@code hostname(1)} prints it; empty if the kernel does not tell */
    public static String get() {
        return BoundedFiles.system().readOnce("/proc/sys/kernel/hostname", 1024)
                .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1).strip())
                .orElse("");
    }
}
