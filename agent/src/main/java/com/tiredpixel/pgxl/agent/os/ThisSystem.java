package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which kernel, and which container of it, this process runs in.
 *
 * @param host the name of the container, or of the machine
 * @param boot a number that the kernel makes at each boot; empty where it cannot be read
 * @param pidNamespace the one whose processes {@code /proc} shows; empty where it cannot be read
 * @param pid of this process in it
 */
public record ThisSystem(String host, Optional<String> boot, Optional<String> pidNamespace, int pid) {
    private static final Path KERNEL = Path.of("/proc/sys/kernel");

    /** Reads it from {@code /proc}. */
    public static ThisSystem read(Libc libc) {
        return new ThisSystem(
                line(KERNEL.resolve("hostname")).orElse("?"),
                line(KERNEL.resolve("random/boot_id")),
                link(Path.of("/proc/self/ns/pid")),
                libc.getpid());
    }

    /** @return a name that no other process gets, on whatever machine: the kernel's own random number */
    public static String uniqueName() {
        return line(KERNEL.resolve("random/uuid")).orElseGet(() -> java.util.UUID.randomUUID().toString());
    }

    private static Optional<String> line(Path file) {
        return BoundedFiles.system().readOnce(file.toString(), 1024)
                .flatMap(bytes -> new String(bytes, StandardCharsets.ISO_8859_1).lines().findFirst())
                .map(String::strip).filter(text -> !text.isEmpty());
    }

    private static Optional<String> link(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link).toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
