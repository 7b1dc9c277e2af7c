package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.Reaped;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * How adopted servers ended, as the reaper tells it. A server may end between the moment it is seen and
 * the moment it is watched: so the ends of the last unwatched orphans are kept too, in bounds. A process that was
 * seen alive keeps its number until it is reaped, so the first end of this number since then is its own.
 */
final class Ends {
    private static final int KEPT = 256;

    /** The reaper tells in any order of the processes that one {@code kill} ended. */
    private static final Duration SAME_MOMENT = Duration.ofMillis(200);

    private final Map<Integer, Watch> watched = new HashMap<>();
    private final ArrayDeque<Reaped> unwatched = new ArrayDeque<>();
    private final MonotonicClock clock;

    private record Watch(ProcessIdentity server, Duration seenAt, CompletableFuture<ExitStatus> exit) {
        boolean isEndedBy(Reaped end) {
            return server.pid() == end.process().pid() && end.at().compareTo(seenAt) >= 0;
        }
    }

    Ends(MonotonicClock clock) {
        this.clock = clock;
    }

    /** Called by the reaper for every process it takes. */
    void reaped(Reaped end) {
        Watch waiting;
        synchronized (this) {
            waiting = watched.get(end.process().pid());
            if (waiting != null && waiting.isEndedBy(end)) {
                watched.remove(end.process().pid());
            } else {
                waiting = null;
                unwatched.add(end);
                if (unwatched.size() > KEPT) {
                    unwatched.remove();
                }
            }
        }
        if (waiting != null) {
            waiting.exit().complete(end.status());
        }
    }

    /**
     * @param server a process of which the reaper will tell, or has told
     * @param seenAt a moment before it was seen alive
     * @return completed when the reaper takes this process
     */
    synchronized CompletableFuture<ExitStatus> watch(ProcessIdentity server, Duration seenAt) {
        Watch before = watched.get(server.pid());
        if (before != null && before.server().equals(server)) {
            return before.exit();
        }
        var watch = new Watch(server, seenAt, new CompletableFuture<>());
        Optional<Reaped> end = unwatched.stream().filter(watch::isEndedBy).findFirst();
        if (end.isPresent()) {
            watch.exit().complete(end.get().status());
        } else {
            watched.put(server.pid(), watch);
        }
        return watch.exit();
    }

    /** Of a process that is known to be gone nobody will tell any more. Its number may have a watched owner since. */
    synchronized ExitStatus missed(ProcessIdentity server) {
        watched.computeIfPresent(server.pid(), (pid, watch) -> watch.server().equals(server) ? null : watch);
        return new ExitStatus.Unknown("nobody saw it end");
    }

    /**
     * Whether orphans younger than a server were killed too, as {@code pgxc_ctl kill} kills a postmaster with its
     * children. Those of a postmaster that is killed alone notice it, and exit.
     *
     * @param ago about how long ago the server ended
     */
    synchronized boolean othersWereKilled(ProcessIdentity server, Duration ago) {
        Duration since = clock.now().minus(ago).minus(SAME_MOMENT);
        return unwatched.stream().anyMatch(end ->
                end.status() instanceof ExitStatus.Signaled signaled
                        && signaled.signal() == Signal.KILL.number()
                        && !end.process().equals(server)
                        && end.process().startTicks() >= server.startTicks()
                        && end.at().compareTo(since) >= 0);
    }
}
