package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.os.DiskThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.sshd.common.AttributeRepository.AttributeKey;

/**
 * Reads {@code authorized_keys} away from the thread of the connections, and for no longer than a client will wait: it lies on
 * the volume, which may not answer.
 */
final class KeyReader {
    static final Duration LONGEST = Duration.ofSeconds(10);
    /** All read the same file: where two hang a third would too. */
    private static final int THREADS = 2;
    private static final int MOST_WAITING = 128;

    /** What a session has read for the message that it handles now. */
    static final AttributeKey<Reading> OF_SESSION = new AttributeKey<>();

    private final Path path;
    private final Callable<AuthorizedKeys> file;
    private final ScheduledExecutorService timer;
    private final Duration longest;
    private final DiskThreads threads = DiskThreads.queued("ssh-keys", THREADS, MOST_WAITING);

    /**
     * @param path for the log
     * @param file reads it
     * @param timer must not wait
     * @param longest how long a login waits for it
     */
    KeyReader(Path path, Callable<AuthorizedKeys> file, ScheduledExecutorService timer, Duration longest) {
        this.path = path;
        this.file = file;
        this.timer = timer;
        this.longest = longest;
    }

    /** What came of it. */
    sealed interface Reading {

        /** @param keys as the file has them now */
        record Read(AuthorizedKeys keys) implements Reading {
        }

        /** @param problem a lower-case sentence with the path */
        record Failed(String problem) implements Reading {
        }
    }

    /** @param then told once, by a thread of these or of the timer */
    void read(Consumer<Reading> then) {
        CompletableFuture<AuthorizedKeys> reading = threads.begin(file);
        Future<?> deadline = timer.schedule(
                () -> reading.completeExceptionally(new IOException(
                        path + " does not answer, for " + longest.toSeconds() + " s")),
                longest.toMillis(),
                TimeUnit.MILLISECONDS);
        reading.whenComplete((keys, failure) -> {
            deadline.cancel(false);
            then.accept(failure == null ? new Reading.Read(keys) : new Reading.Failed(problem(failure)));
        });
    }

    private String problem(Throwable failure) {
        return failure instanceof RejectedExecutionException && failure.getCause() == null
                ? path + " does not answer, and too many logins wait for it"
                : failure instanceof IOException ? failure.getMessage() : path + " cannot be read: " + failure;
    }
}
