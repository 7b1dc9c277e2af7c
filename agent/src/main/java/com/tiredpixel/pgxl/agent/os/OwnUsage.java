package com.tiredpixel.pgxl.agent.os;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What this process uses, by the kernel's count; what cannot be read is 0.
 *
 * @param residentBytes of memory
 * @param cpuSeconds of all threads, user and system
 * @param threads those of the JVM too
 * @param descriptors open
 * @param mostDescriptors that may be open, {@code RLIMIT_NOFILE}
 * @param zombies of this pid namespace, of whomever they are children
 */
public record OwnUsage(
        long residentBytes, double cpuSeconds, int threads, int descriptors, long mostDescriptors, int zombies) {
    /** {@code USER_HZ}, 100 on every Linux that runs Java. */
    private static final double TICKS_PER_SECOND = 100;
    private static final Path PROC = Path.of("/proc");
    private static final int MOST_BYTES = 16 * 1024;

    /** Looks now. */
    public static OwnUsage now() {
        Path self = Path.of("/proc/self");
        return new OwnUsage(
                resident(self), cpu(self), threads(self), count(self.resolve("fd")), limit(self), countZombies());
    }

    private static long resident(Path self) {
        return ProcStatus.read(self.resolve("status")).map(status -> kilobytes(status.field("VmRSS"))).orElse(0L);
    }

    private static long kilobytes(String text) {
        return number(text.replace(" kB", "")).orElse(0) * 1024;
    }

    private static int threads(Path self) {
        return ProcStatus.read(self.resolve("status"))
                .map(status -> (int) number(status.field("Threads")).orElse(0))
                .orElse(0);
    }

    /** Fields 14 and 15, {@code utime} and {@code stime}, of {@code proc(5)}. */
    private static double cpu(Path self) {
        try {
            String text = text(self.resolve("stat"));
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
        } catch (RuntimeException unreadable) {
            return 0;
        }
    }

    private static String text(Path file) {
        return BoundedFiles.system().readOnce(file.toString(), MOST_BYTES)
                .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
                .orElse("");
    }

    private static long limit(Path self) {
        for (String line : text(self.resolve("limits")).split("\n")) {
            if (line.startsWith("Max open files")) {
                return number(line.substring("Max open files".length()).strip().split("\\s+")[0]).orElse(0);
            }
        }
        return 0;
    }

    private static int countZombies() {
        int zombies = 0;
        for (int pid : ProcFs.numbers(PROC)) {
            zombies += ProcStat.read(PROC, pid).filter(ProcStat::isZombie).isPresent() ? 1 : 0;
        }
        return zombies;
    }

    private static int count(Path directory) {
        int[] entries = new int[1];
        BoundedFiles.system().list(directory, Integer.MAX_VALUE, entry -> {
            entries[0]++;
            return true;
        });
        return entries[0];
    }

    private static OptionalLong number(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text.strip()));
        } catch (NumberFormatException unlimited) {
            return OptionalLong.empty();
        }
    }
}
