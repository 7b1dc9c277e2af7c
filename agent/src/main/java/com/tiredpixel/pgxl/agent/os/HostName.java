package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How this container is called. Java's own way to find out asks DNS, and may wait for it. */
public final class HostName {
    private HostName() {
    }

    /** @return as {@code hostname(1)} prints it; empty if the kernel does not tell */
    public static String get() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
