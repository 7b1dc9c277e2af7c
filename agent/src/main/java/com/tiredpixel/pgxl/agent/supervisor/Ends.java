package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * How adopted servers ended, as the reaper tells it. A server may end between the moment it is seen and
 * the moment it is watched: so the statuses of the last unwatched orphans are kept too, in bounds.
 */
final class Ends {
    private static final int KEPT = 256;

    private final Map<ProcessIdentity, CompletableFuture<ExitStatus>> watched = new HashMap<>();
    private final Map<ProcessIdentity, End> unwatched = new LinkedHashMap<>();
    private final MonotonicClock clock;

    private record End(ExitStatus status, Duration at) {
    }

    Ends(MonotonicClock clock) {
        this.clock = clock;
    }

    /** Called by the reaper for every process it takes. */
    void reaped(ProcessIdentity process, ExitStatus status) {
        CompletableFuture<ExitStatus> waiting;
        synchronized (this) {
            waiting = watched.remove(process);
            if (waiting == null) {
                unwatched.put(process, new End(status, clock.now()));
                if (unwatched.size() > KEPT) {
                    unwatched.remove(unwatched.keySet().iterator().next());
                }
            }
        }
        if (waiting != null) {
            waiting.complete(status);
        }
    }

    /** @return completed when the reaper takes this process */
    synchronized CompletableFuture<ExitStatus> watch(ProcessIdentity server) {
        return watched.computeIfAbsent(server, unwatchedYet -> new CompletableFuture<>());
    }

    /** @return the status of a process that is known to be gone, if the reaper took it not long ago */
    synchronized ExitStatus lateStatus(ProcessIdentity server) {
        watched.remove(server);
        End end = unwatched.get(server);
        return end == null ? new ExitStatus.Unknown("nobody saw it end") : end.status();
    }

    /**
     * Whether orphans younger than a server were killed too, as {@code pgxc_ctl kill} kills a postmaster with its
     * children. Those of a postmaster that is killed alone notice it, and exit.
     *
     * @param since about when the server ended
     */
    synchronized boolean othersWereKilled(ProcessIdentity server, Duration since) {
        return unwatched.entrySet().stream().anyMatch(entry ->
                !entry.getKey().equals(server)
                        && entry.getKey().startTicks() >= server.startTicks()
                        && entry.getValue().at().compareTo(since) >= 0
                        && entry.getValue().status() instanceof ExitStatus.Signaled signaled
                        && signaled.signal() == Signal.KILL.number());
    }
}
