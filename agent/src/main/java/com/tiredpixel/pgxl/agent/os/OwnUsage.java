package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
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
            String text = Files.readString(self.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
        } catch (IOException | RuntimeException unreadable) {
            return 0;
        }
    }

    private static long limit(Path self) {
        try {
            for (String line : Files.readAllLines(self.resolve("limits"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Max open files")) {
                    return number(line.substring("Max open files".length()).strip().split("\\s+")[0]).orElse(0);
                }
            }
        } catch (IOException unreadable) {
            return 0;
        }
        return 0;
    }

    private static int countZombies() {
        int zombies = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                int pid = Integer.parseInt(process.getFileName().toString());
                zombies += ProcStat.read(Path.of("/proc"), pid).filter(ProcStat::isZombie).isPresent() ? 1 : 0;
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException gone) {
            return zombies;
        }
        return zombies;
    }

    private static int count(Path directory) {
        int entries = 0;
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path entry : stream) {
                entries += entry.getNameCount() > 0 ? 1 : 0;
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            return entries;
        }
        return entries;
    }

    private static OptionalLong number(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text.strip()));
        } catch (NumberFormatException unlimited) {
            return OptionalLong.empty();
        }
    }
}
