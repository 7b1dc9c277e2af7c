package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.Reaped;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * How adopted servers ended, as the reaper tells it. A server may end between the moment it is seen and
 * the moment it is watched: so the ends of the last unwatched orphans are kept too, in bounds. A process that was
 * seen alive keeps its number until it is reaped, so the first end of this number since then is its own.
 */
public final class AdoptedExits {
    private static final int KEPT = 256;

    /** The reaper tells in any order of the processes that one {@code kill} ended. */
    private static final Duration SAME_MOMENT = Duration.ofMillis(200);

    /** A list, and one that is searched: to look up a number in a map needs memory. */
    private final List<Watch> watched = new ArrayList<>();
    private final ArrayDeque<Reaped> unwatched = new ArrayDeque<>(KEPT + 1);
    private final MonotonicClock clock;

    private record Watch(ProcessIdentity server, Duration seenAt, CompletableFuture<ExitStatus> exit) {
        boolean isEndedBy(Reaped end) {
            return server.pid() == end.process().pid() && end.at().compareTo(seenAt) >= 0;
        }
    }

    /** @param clock by which the reaper tells when it took them */
    public AdoptedExits(MonotonicClock clock) {
        this.clock = clock;
    }

    /** Called by the reaper for every process it takes. Needs no memory, so that no status is lost. */
    public void reaped(Reaped end) {
        Watch waiting = null;
        synchronized (this) {
            for (int i = 0; i < watched.size() && waiting == null; i++) {
                if (watched.get(i).isEndedBy(end)) {
                    waiting = watched.remove(i);
                }
            }
            if (waiting == null) {
                if (unwatched.size() == KEPT) {
                    unwatched.remove();
                }
                unwatched.add(end);
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
        for (Watch before : watched) {
            if (before.server().equals(server)) {
                return before.exit();
            }
        }
        var watch = new Watch(server, seenAt, new CompletableFuture<>());
        Optional<Reaped> end = unwatched.stream().filter(watch::isEndedBy).findFirst();
        if (end.isPresent()) {
            watch.exit().complete(end.get().status());
        } else {
            // Of an earlier owner of the number nobody will tell any more.
            watched.removeIf(before -> before.server().pid() == server.pid());
            watched.add(watch);
        }
        return watch.exit();
    }

    /** Of a process that is known to be gone nobody will tell any more. Its number may have a watched owner since. */
    synchronized ExitStatus missed(ProcessIdentity server) {
        watched.removeIf(watch -> watch.server().equals(server));
        return new ExitStatus.Unknown("nobody saw it end");
    }

    /**
     * Whether orphans younger than a server were killed too, as {@code pgxc_ctl kill} kills a postmaster with its
     * children. Those of a postmaster that is killed alone notice it, and exit.
     *
     * @param ago about how long ago the server ended
     */
    public synchronized boolean othersWereKilled(ProcessIdentity server, Duration ago) {
        Duration since = clock.now().minus(ago).minus(SAME_MOMENT);
        return unwatched.stream().anyMatch(end ->
                end.status() instanceof ExitStatus.Signaled signaled
                        && signaled.signal() == Signal.KILL.number()
                        && !end.process().equals(server)
                        && end.process().startTicks() >= server.startTicks()
                        && end.at().compareTo(since) >= 0);
    }
}
