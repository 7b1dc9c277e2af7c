package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counts zombies the slow and sure way, over all of {@code /proc}. */
final class Zombies {
    private Zombies() {
    }

    static int ofThisJvm() throws IOException {
        int own = (int) ProcessHandle.current().pid();
        int count = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                int pid = Integer.parseInt(process.getFileName().toString());
                if (ProcStat.read(Path.of("/proc"), pid).filter(stat -> stat.parent() == own && stat.isZombie()).isPresent()) {
                    count++;
                }
            }
        }
        return count;
    }
}
