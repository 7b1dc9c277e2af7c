package com.tiredpixel.pgxl.agent.os;

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
        for (int id : ProcFs.numbers(process.resolve("task"))) {
            // Empty if it has ended meanwhile.
            ProcStatus.read(process.resolve("task/" + id + "/status"))
                    .ifPresent(status -> threads.add(new Thread(id, status)));
        }
        if (threads.isEmpty()) {
            throw new IllegalStateException("cannot list the threads in " + process);
        }
        return threads;
    }
}
