package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Examines the volume without the directories that do not answer: a scan that comes no further in one of them is left to
 * itself, and another one leaves that out. So a file system that is mounted on the volume and hangs costs one thread, and the
 * nodes beside it nothing but a wait. For any thread that may wait as long.
 */
public final class PatientScan implements Supplier<VolumeScan> {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MOST_SILENT = 8;

    private final Function<Predicate<Path>, VolumeScan> scan;
    private final DiskThreads threads;
    private final Duration patience;
    private final Map<Path, CompletableFuture<VolumeScan>> silent = new ConcurrentHashMap<>();
    private volatile Runnable whenAnswered = () -> { };

    /**
     * @param scan examines the volume, and asks of each path whether it may be touched
     * @param threads do it
     */
    public PatientScan(Function<Predicate<Path>, VolumeScan> scan, DiskThreads threads) {
        this(scan, threads, PATIENCE);
    }

    PatientScan(Function<Predicate<Path>, VolumeScan> scan, DiskThreads threads, Duration patience) {
        this.scan = scan;
        this.threads = threads;
        this.patience = patience;
    }

    /** @param listener called when a directory that was left out has answered */
    void whenAnswered(Runnable listener) {
        whenAnswered = listener;
    }

    /** Where a scan is, as it tells by asking. */
    private final class Progress implements Predicate<Path> {
        private volatile Path at;
        private volatile boolean abandoned;

        @Override
        public boolean test(Path next) {
            if (abandoned) {
                throw new IllegalStateException("nobody waits for this scan any more");
            }
            at = next;
            CompletableFuture<VolumeScan> hangsThere = silent.get(next);
            return hangsThere == null || hangsThere.isDone();
        }
    }

    /** @return what is there, with a note about each directory that was left out */
    @Override
    public VolumeScan get() {
        for (int i = 0; i < MOST_SILENT; i++) {
            var progress = new Progress();
            CompletableFuture<VolumeScan> begun = threads.begin(() -> scan.apply(progress));
            Optional<VolumeScan> found = await(begun, progress);
            if (found.isPresent()) {
                return found.get();
            }
            progress.abandoned = true;
            leaveOut(progress.at, begun);
        }
        return new VolumeScan(List.of(), List.of("more than " + MOST_SILENT
                + " directories do not answer: nothing was looked for"));
    }

    private void leaveOut(Path path, CompletableFuture<VolumeScan> begun) {
        if (path != null) {
            silent.put(path, begun);
            begun.whenComplete((found, abandoned) -> whenAnswered.run());
        }
    }

    /** @return empty if it came no further for as long as patience lasts */
    private Optional<VolumeScan> await(CompletableFuture<VolumeScan> begun, Progress progress) {
        while (true) {
            Path before = progress.at;
            try {
                return Optional.of(begun.get(patience.toNanos(), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                if (progress.at == before) {
                    return Optional.empty();
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("cannot examine the volume: " + e.getCause(), e.getCause());
            } catch (InterruptedException e) {
                continue;
            }
        }
    }
}
