package com.tiredpixel.pgxl.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/** The host's view of processes, independent of the agent's own native calls. */
public final class Kernel {

    private static final POSIX POSIX = POSIXFactory.getPOSIX();

    private Kernel() {
    }

    /**
     * @param pid as the host numbers it
     * @param signal its number
     * @throws AssertionError if {@code kill(2)} refuses
     */
    public static void kill(int pid, int signal) {
        if (POSIX.kill(pid, signal) != 0) {
            throw new AssertionError("kill(" + pid + ", " + signal + "): errno " + POSIX.errno());
        }
    }

    /** Gives a file or directory to the user of the image, {@code postgres} inside a sandbox. */
    public static void giveToPostgres(Path path) {
        if (POSIX.chown(path.toString(), 999, 999) != 0) {
            throw new AssertionError("chown " + path + ": errno " + POSIX.errno());
        }
    }

    /** @return a field of {@code /proc/PID/status}, or an empty string if the process is gone */
    public static String status(int pid, String field) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith(field + ":")) {
                    return line.substring(field.length() + 1).strip();
                }
            }
        } catch (IOException e) {
            return "";
        }
        return "";
    }

    /** @return whether the process has blocked a signal in its first thread */
    public static boolean blocks(int pid, int signal) {
        String mask = status(pid, "SigBlk");
        return !mask.isEmpty() && (Long.parseUnsignedLong(mask, 16) >>> (signal - 1) & 1) == 1;
    }
}
