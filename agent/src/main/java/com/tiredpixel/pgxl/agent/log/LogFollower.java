package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.LoopFailures;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * {@link ServerLogs} by looking: one thread for all files, which looks often while lines come and seldom when
 * none do. Watching by inotify would wake it at every write of every server.
 */
public final class LogFollower implements ServerLogs {
    private static final long QUICKEST = 200_000_000L;
    private static final long SLOWEST = 1_600_000_000L;
    private static final long SHORT = 5_000_000L;
    private static final int MOST_FOLLOWED = 1000;
    private static final int MOST_HANGING = 32;

    private final ServerLines lines;
    private final EventLog log;
    private final MonotonicClock clock;
    private final DiskThreads disk = DiskThreads.of("server-logs-disk", MOST_HANGING);
    private final List<FollowedServer> servers = new CopyOnWriteArrayList<>();
    private final LoopFailures failures;
    private final Thread thread;

    /**
     * @param lines where lines go; must not block
     * @param log told of files that cannot be read
     * @param clock for the bound on the rate of lines
     */
    public LogFollower(ServerLines lines, EventLog log, MonotonicClock clock) {
        this.lines = lines;
        this.log = log;
        this.clock = clock;
        this.failures = new LoopFailures(log, clock, "failed reading the logs of servers");
        this.thread = Daemon.start("server-logs", this::run);
    }

    @Override
    public Following follow(String subject, Files files) {
        if (servers.size() >= MOST_FOLLOWED) {
            return ServerLogs.none().follow(subject, files);
        }
        var server = new FollowedServer(subject, files, lines, log, clock, disk, () -> LockSupport.unpark(thread));
        servers.add(server);
        LockSupport.unpark(thread);
        return server;
    }

    /**
     * Waits until the logs of all servers that have ended are read to their end.
     *
     * @return whether that came true within the time
     */
    public boolean finish(Duration timeout) {
        Duration end = clock.now().plus(timeout);
        while (servers.stream().anyMatch(FollowedServer::isEnding)) {
            if (clock.now().compareTo(end) >= 0) {
                return false;
            }
            LockSupport.unpark(thread);
            LockSupport.parkNanos(SHORT);
        }
        return true;
    }

    private void run() {
        long pause = QUICKEST;
        while (true) {
            try {
                pause = lookAtAll() ? QUICKEST : Math.min(SLOWEST, pause * 2);
            } catch (Throwable e) {
                // The end of this thread would be the end of these logs.
                failures.note(e);
                pause = SLOWEST;
            }
            failures.tell();
            if (servers.isEmpty()) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, pause);
            }
            // Whoever interrupts the thread must not end all its pauses.
            Thread.interrupted();
        }
    }

    private boolean lookAtAll() {
        boolean moved = false;
        for (FollowedServer server : servers) {
            moved |= look(server);
        }
        return moved;
    }

    /** What fails with one server's files keeps nobody else's from being read. */
    private boolean look(FollowedServer server) {
        boolean ending = server.isEnding();
        boolean moved = false;
        try {
            moved = server.look();
        } catch (Throwable e) {
            failures.note(e);
            if (e instanceof OutOfMemoryError) {
                // Of a server that has ended this was the last look, so there must be another one.
                return false;
            }
        }
        if (ending && server.close()) {
            servers.remove(server);
        }
        return moved;
    }
}
