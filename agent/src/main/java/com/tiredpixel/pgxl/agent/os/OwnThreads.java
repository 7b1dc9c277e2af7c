package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All threads of a process, those of the JVM too, as the kernel sees them. */
final class OwnThreads {
    private OwnThreads() {
    }

    /** One thread at one moment. */
    record Thread(int id, ProcStatus status) {
    }

    /** @param process such as {@code /proc/self} */
    static List<Thread> list(Path process) {
        List<Thread> threads = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path task : tasks) {
                int id = Integer.parseInt(task.getFileName().toString());
                // Empty if it has ended meanwhile.
                ProcStatus.read(task.resolve("status")).ifPresent(status -> threads.add(new Thread(id, status)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the threads in " + process, e);
        }
        return threads;
    }
}
