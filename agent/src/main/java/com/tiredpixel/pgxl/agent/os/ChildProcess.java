package com.tiredpixel.pgxl.agent.os;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A {@link Child} in the clothes that Commons Exec expects. To destroy it is to end its whole group, and that
 * happens by itself at the deadline: Commons Exec's own watchdog goes by the wall clock and sends one SIGTERM.
 */
final class ChildProcess extends Process {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final Child child;
    private final Duration deadline;
    /** Completed by the exit, or by us when not even SIGKILL ends it: it hangs in the kernel. */
    private final CompletableFuture<ExitStatus> over;
    private volatile boolean killed;
    private volatile boolean interrupted;

    ChildProcess(Child child, Duration deadline) {
        this.child = child;
        this.deadline = deadline;
        this.over = child.exit();
    }

    /** @return how it ended, empty if it had to be destroyed */
    Optional<ExitStatus> statusUnlessKilled() {
        return killed || !over.isDone() ? Optional.empty() : Optional.of(over.join());
    }

    /** @return whether the waiting thread was interrupted: Commons Exec forgets it */
    boolean wasInterrupted() {
        return interrupted;
    }

    /** SIGTERM to the group, then SIGKILL; returns when that is done, after a second at most. */
    @Override
    public void destroy() {
        if (over.isDone()) {
            return;
        }
        killed = child.signalGroup(Signal.TERM);
        if (endsSoon()) {
            return;
        }
        killed = true;
        child.signalGroup(Signal.KILL);
        if (!endsSoon()) {
            over.complete(new ExitStatus.Unknown("SIGKILL did not end it"));
        }
    }

    private boolean endsSoon() {
        try {
            return endsWithin(PATIENCE);
        } catch (InterruptedException hurry) {
            interrupted = true;
            return false;
        }
    }

    private boolean endsWithin(Duration patience) throws InterruptedException {
        try {
            over.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException notYet) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an exit status cannot fail", e);
        }
    }

    @Override
    public int waitFor() throws InterruptedException {
        try {
            if (!endsWithin(deadline)) {
                destroy();
            }
            return shellCode(over.join());
        } catch (InterruptedException e) {
            interrupted = true;
            throw e;
        }
    }

    @Override
    public int exitValue() {
        if (!over.isDone()) {
            throw new IllegalThreadStateException(child + " runs");
        }
        return shellCode(over.join());
    }

    /** Only for Commons Exec; the true status is in {@link #statusUnlessKilled}. */
    private static int shellCode(ExitStatus status) {
        if (status instanceof ExitStatus.Exited exited) {
            return exited.code();
        }
        return status instanceof ExitStatus.Signaled signaled ? 128 + signaled.signal() : -1;
    }

    @Override
    public long pid() {
        return child.identity().pid();
    }

    @Override
    public OutputStream getOutputStream() {
        return child.input();
    }

    @Override
    public InputStream getInputStream() {
        return child.output();
    }

    @Override
    public InputStream getErrorStream() {
        return child.error();
    }
}
