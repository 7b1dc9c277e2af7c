package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Looks after every node of this container. One thread does it all, so no decision sees half of another;
 * the public methods may be called from any thread and only leave a message.
 */
public final class Supervisor {
    /** A server may appear without any of our processes ending, as under {@code docker exec}. */
    private static final Duration SLOW_LOOK = Duration.ofSeconds(2);

    /** Many processes end at once when an SSH command is over: one look serves them all. */
    private static final Duration QUICK_LOOK = Duration.ofMillis(15);

    /** Between two looks however many processes end: each costs a millisecond or two. */
    private static final Duration BUSY_LOOK = Duration.ofMillis(100);

    private static final Duration UNCLEAR_LOOK = Duration.ofMillis(100);
    private static final Duration STOP_TICK = Duration.ofMillis(100);

    private final Surroundings surroundings;
    private final Supplier<VolumeScan> scan;
    private final Lookout lookout;
    private final Ends ends = new Ends();
    private final LinkedBlockingQueue<Runnable> messages = new LinkedBlockingQueue<>();
    private final AtomicBoolean lookAsked = new AtomicBoolean();

    /** After a failed turn: a failure that repeats itself must not take a whole core. */
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

    private final Map<Path, ManagedNode> nodes = new LinkedHashMap<>();
    private final StartQueue startQueue;
    private List<ProcessView> passing = List.of();
    private Duration lookAt;
    private Duration lastLook;
    private Optional<Shutdown> shutdown = Optional.empty();
    private boolean over;
    private Duration notBefore;
    private final Orders orders;
    private List<Finding.Contradiction> contradictions = List.of();
    private volatile Overview overview;

    /**
     * @param surroundings what to work with
     * @param scan examines the volume
     */
    public Supervisor(Surroundings surroundings, Supplier<VolumeScan> scan) {
        this.surroundings = surroundings;
        this.scan = scan;
        this.lookout = new Lookout(surroundings);
        this.startQueue = new StartQueue(surroundings);
        this.orders = new Orders(surroundings);
        this.lookAt = surroundings.clock().now();
        this.lastLook = lookAt.minus(BUSY_LOOK);
        this.notBefore = lookAt;
        this.overview = new Overview(lookAt, List.of(), List.of(), Overview.Phase.BEGINNING);
    }

    /**
     * The reaper took a process, ours or an orphan.
     *
     * @param process which one
     * @param status how it ended
     */
    public void reaped(ProcessIdentity process, ExitStatus status) {
        ends.reaped(process, status);
        if (isServer(process)) {
            messages.add(this::noticeEnds);
        }
        if (lookAsked.compareAndSet(false, true)) {
            messages.add(this::lookSoon);
        }
    }

    /** As of the last event: the end of one that is not known yet is noticed by the next look. */
    private boolean isServer(ProcessIdentity process) {
        for (NodeReport node : overview.nodes()) {
            if (node.pid().orElse(0) == process.pid()) {
                return true;
            }
        }
        return false;
    }

    /** Stops every server and then ends {@link #run}. */
    public void stop() {
        messages.add(this::beginStop);
    }

    /** Examines the volume afresh, and tells PostgreSQL, never GTM, to re-read its configuration. */
    public void reload() {
        messages.add(this::rescan);
    }

    /** Writes one line for each node to the log: what it is, in which state, why, what comes next. */
    public void explain() {
        messages.add(() -> nodes.values().forEach(
                node -> surroundings.log().info(node.subject(), node.report().describe())));
    }

    /** @return every node, as of the last event */
    public List<NodeReport> reports() {
        return overview.nodes();
    }

    /** @return all that is known, as of the last event */
    public Overview overview() {
        return overview;
    }

    /**
     * Does to a node what an operator asks for.
     *
     * @param directory of the node
     * @param order what to do
     * @return completed by the supervisor's thread when the node has come where it should, or cannot
     */
    public CompletableFuture<Order.Result> order(Path directory, Order order) {
        var answer = new CompletableFuture<Order.Result>();
        messages.add(() -> {
            ManagedNode node = nodes.get(directory);
            if (shutdown.isPresent()) {
                answer.complete(new Order.Result.Refused("the container stops"));
            } else if (node == null) {
                answer.complete(new Order.Result.Refused("is no longer there"));
            } else {
                startQueue.remove(node);
                orders.give(node, order, answer);
            }
        });
        return answer;
    }

    /**
     * Supervises until {@link #stop} has done its work.
     *
     * @return whether every node went down cleanly
     */
    public boolean run() {
        guarded("scanning " + surroundings.home(), this::rescan);
        while (!over) {
            Runnable message = nextMessage();
            if (message != null) {
                guarded("handling an event", message);
            }
            if (!guarded("looking after the nodes", this::turn)) {
                notBefore = surroundings.clock().now().plus(AFTER_FAILURE);
            }
        }
        return nodes.values().stream().allMatch(ManagedNode::wentDownCleanly);
    }

    private Runnable nextMessage() {
        Duration now = surroundings.clock().now();
        Duration until = lookAt;
        for (ManagedNode node : nodes.values()) {
            Duration wakeAt = node.wakeAt().orElse(until);
            until = wakeAt.compareTo(until) < 0 ? wakeAt : until;
        }
        if (shutdown.isPresent() && until.compareTo(now.plus(STOP_TICK)) > 0) {
            until = now.plus(STOP_TICK);
        }
        until = until.compareTo(notBefore) < 0 ? notBefore : until;
        try {
            return messages.poll(Math.max(0, until.minus(now).toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // Nobody may end PID 1 by interrupting its threads.
            return null;
        }
    }

    private void turn() {
        Duration now = surroundings.clock().now();
        if (now.compareTo(lookAt) >= 0) {
            look(now);
        }
        List.copyOf(nodes.values()).forEach(node -> node.wake(now));
        nodes.values().removeIf(node -> node.state() == NodeState.GONE);
        if (shutdown.isPresent()) {
            nodes.values().forEach(node -> node.stopRequested("the container stops"));
            over = shutdown.get().advance(nodes.values(), passing);
        } else {
            startQueue.advance(nodes.values());
        }
        orders.advance();
        overview = overview(now);
    }

    private Overview overview(Duration now) {
        return new Overview(
                now,
                nodes.values().stream().map(ManagedNode::report).toList(),
                contradictions.stream().filter(found -> !nodes.containsKey(found.directory())).toList(),
                shutdown.isPresent() ? Overview.Phase.STOPPING
                        : startQueue.isEmpty() ? Overview.Phase.SUPERVISING
                        : Overview.Phase.BEGINNING);
    }

    private void lookSoon() {
        Duration soon = surroundings.clock().now().plus(QUICK_LOOK);
        Duration earliest = lastLook.plus(BUSY_LOOK);
        soon = soon.compareTo(earliest) < 0 ? earliest : soon;
        lookAt = lookAt.compareTo(soon) < 0 ? lookAt : soon;
        noticeEnds();
    }

    private void noticeEnds() {
        nodes.values().forEach(ManagedNode::noticeEnd);
    }

    private void look(Duration now) {
        // From here on the end of a process asks for another one.
        lookAsked.set(false);
        lastLook = now;
        Lookout.Look look = lookout.look(this::isSupervised);
        reportPassing(look.passing());
        for (Lookout.Sighting sighting : look.sightings()) {
            node(sighting.directory(), sighting.role()).seen(sighting.server(), sighting.role());
        }
        noticeEnds();
        nodes.values().stream()
                .filter(node -> DirectoryClaim.isRemoved(node.directory()))
                .forEach(ManagedNode::directoryVanished);
        lookAt = now.plus(look.unclear() ? UNCLEAR_LOOK : SLOW_LOOK);
    }

    private boolean isSupervised(ProcessIdentity process) {
        return nodes.values().stream().anyMatch(node -> node.server().filter(process::equals).isPresent());
    }

    private void reportPassing(List<ProcessView> now) {
        for (ProcessView process : now) {
            if (passing.stream().noneMatch(before -> before.identity().equals(process.identity()))) {
                surroundings.log().info("agent", process.identity() + " is a server in restore mode in "
                        + process.directory().map(surroundings::display).orElse("?") + ": not a node yet");
            }
        }
        passing = now;
    }

    private ManagedNode node(Path directory, Role role) {
        return nodes.computeIfAbsent(directory, path -> {
            if (!path.startsWith(surroundings.home())) {
                surroundings.log().warn(role.label() + " " + path, "lies outside " + surroundings.home()
                        + ": the next container will not find it");
            }
            ManagedNode made = new ManagedNode(surroundings, path, role, ends);
            if (isHeld(made)) {
                made.hold("the operator holds it, since before this agent knew it");
            }
            return made;
        });
    }

    private void rescan() {
        VolumeScan volume = scan.get();
        volume.notes().forEach(note -> surroundings.log().warn("agent", note));
        for (Finding finding : volume.findings()) {
            if (finding instanceof Finding.Node found && !nodes.containsKey(found.directory())) {
                surroundings.log().info(found.role().label() + " " + surroundings.display(found.directory()),
                        "found: " + found.because());
                ManagedNode made = node(found.directory(), found.role());
                if (!made.isHeld()) {
                    startQueue.add(made);
                }
            } else if (finding instanceof Finding.Contradiction contradiction) {
                surroundings.log().error(surroundings.display(contradiction.directory()), contradiction.what() + "; nothing is started: " + contradiction.wayOut());
            } else if (finding instanceof Finding.NotANode other) {
                surroundings.log().info(surroundings.display(other.directory()), "not a node: " + other.reason());
            }
        }
        contradictions = volume.findings().stream()
                .filter(Finding.Contradiction.class::isInstance)
                .map(Finding.Contradiction.class::cast)
                .toList();
        nodes.values().stream()
                .filter(node -> node.role().isPostgres() && node.state() == NodeState.RUNNING)
                .forEach(node -> node.server().ifPresent(
                        server -> surroundings.processes().signal(server, Signal.HUP)));
    }

    private boolean isHeld(ManagedNode node) {
        try {
            return surroundings.holds().contains(node.directory());
        } catch (IOException e) {
            surroundings.log().error(node.subject(), "cannot read whether it is held, so it is not: " + e);
            return false;
        }
    }

    private void beginStop() {
        if (shutdown.isEmpty()) {
            orders.refuseAll();
            shutdown = Optional.of(new Shutdown(surroundings));
            lookAt = surroundings.clock().now();
        }
    }

    /** PID 1 outlives everything: a failure here is told and the next turn comes. */
    private boolean guarded(String doing, Runnable step) {
        try {
            step.run();
            return true;
        } catch (Throwable e) {
            surroundings.log().error("agent", "failed " + doing + ": " + e + firstFrames(e));
            return false;
        }
    }

    private static String firstFrames(Throwable e) {
        StackTraceElement[] frames = e.getStackTrace();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(6, frames.length); i++) {
            text.append(i == 0 ? " at " : " < ").append(frames[i]);
        }
        return text.toString();
    }
}
