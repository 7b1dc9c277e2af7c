package com.tiredpixel.pgxl.agent.failover;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The thread that looks at masters while they serve, whoever started them, and stops one that must not. */
public final class OldMasterWatch implements Runnable {
    /** Often at first: the others may still be starting too. Then as often as the last of them. */
    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(10),
            Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofSeconds(60));
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration FRESH = Duration.ofSeconds(30);

    private final OldMasterGuard guard;
    private final Supplier<List<NodeReport>> nodes;
    private final BiConsumer<Path, NodeCommand> order;
    private final EventLog log;
    private final MonotonicClock clock;

    /**
     * @param nodes as the supervisor sees them now
     * @param order has the supervisor do something to the node of a directory
     */
    public OldMasterWatch(
            OldMasterGuard guard, Supplier<List<NodeReport>> nodes, BiConsumer<Path, NodeCommand> order, EventLog log,
            MonotonicClock clock) {
        this.guard = guard;
        this.nodes = nodes;
        this.order = order;
        this.log = log;
        this.clock = clock;
    }

    @Override
    public void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                for (Map.Entry<Path, Case> one : awaitDue()) {
                    look(one.getKey(), one.getValue());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | OutOfMemoryError e) {
                log.error("agent", "a look for a second master failed: " + e);
                Daemon.pause(TICK);
            }
        }
    }

    private List<Map.Entry<Path, Case>> awaitDue() throws InterruptedException {
        synchronized (guard) {
            while (true) {
                Duration now = clock.now();
                List<Map.Entry<Path, Case>> due = new ArrayList<>();
                Duration next = null;
                for (Map.Entry<Path, Case> one : guard.cases().entrySet()) {
                    Duration time = one.getValue().next;
                    if (time != null && time.compareTo(now) <= 0) {
                        due.add(Map.entry(one.getKey(), one.getValue()));
                    } else if (time != null && (next == null || time.compareTo(next) < 0)) {
                        next = time;
                    }
                }
                if (!due.isEmpty()) {
                    return due;
                }
                guard.wait(next == null ? 0 : Math.max(1, next.minus(now).toMillis()));
            }
        }
    }

    private void look(Path directory, Case one) {
        NodeState state = nodes.get().stream().filter(node -> node.directory().equals(directory)).findFirst()
                .map(NodeReport::state).orElse(NodeState.GONE);
        Duration now = clock.now();
        synchronized (guard) {
            boolean fresh = now.minus(one.begun).compareTo(FRESH) < 0;
            one.next = switch (state) {
                case CLEARING, STARTING, SETTLING, BACKING_OFF, STOPPING -> now.plus(TICK);
                case RUNNING -> now.plus(PAUSES.get(Math.min(one.looks++, PAUSES.size() - 1)));
                // The next start asks for a look.
                case STOPPED, HELD, BLOCKED, LOCKED_OUT, GONE -> fresh ? now.plus(TICK) : null;
            };
            if (state == NodeState.GONE && !fresh) {
                guard.cases().remove(directory);
            }
            // A person may have started it against a decision that stands.
            boolean early = state == NodeState.STARTING && one.standing.isPresent();
            if ((state != NodeState.RUNNING && !early) || one.looking) {
                return;
            }
            one.looking = true;
        }
        guard.lookAt(directory, one, decision -> act(directory, one, decision));
    }

    private void act(Path directory, Case one, Decision decision) {
        synchronized (guard) {
            guard.tell(one, decision);
            if (!(decision instanceof Decision.GiveWay way)) {
                if (one.standing.isPresent()) {
                    guard.release(directory, one);
                }
                return;
            }
            if (guard.isAlone(directory)) {
                return;
            }
            guard.hold(directory, one, way);
            one.askedAt = clock.now();
            String why = guard.words(directory, way);
            log.error(one.subject, "is stopped: " + why);
            order.accept(directory, new NodeCommand.GiveWay("another server has its name"));
        }
    }
}
