package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.os.Reaped;
import com.tiredpixel.pgxl.agent.os.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    /** Between two looks however many commands end: each costs a millisecond or two. */
    private static final Duration BUSY_LOOK = Duration.ofMillis(100);

    /** The same where orphans end: these may come by the thousand, and hardly ever leave a server behind. */
    private static final Duration ORPHANS_LOOK = Duration.ofMillis(500);

    private static final Duration UNCLEAR_LOOK = Duration.ofMillis(100);
    private static final Duration STOP_TICK = Duration.ofMillis(100);

    private final Surroundings surroundings;
    private final Supplier<VolumeScan> scan;
    private final Lookout lookout;
    private final Ends ends;
    private final LinkedBlockingQueue<Runnable> messages = new LinkedBlockingQueue<>();
    private final AtomicBoolean lookAsked = new AtomicBoolean();
    private final AtomicBoolean orphansLookAsked = new AtomicBoolean();

    /** After a failed turn: a failure that repeats itself must not take a whole core. */
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

    private final Roster roster;
    private final StartQueue startQueue;
    private List<ProcessView> passing = List.of();
    private Duration lookAt;
    private Duration lastLook;
    private Optional<Shutdown> shutdown = Optional.empty();
    private boolean over;
    private Duration notBefore;
    private final Orders orders;
    private volatile Overview overview;

    /**
     * @param surroundings what to work with
     * @param scan examines the volume
     */
    public Supervisor(Surroundings surroundings, Supplier<VolumeScan> scan) {
        this.surroundings = surroundings;
        this.scan = scan;
        this.ends = new Ends(surroundings.clock());
        this.lookout = new Lookout(surroundings);
        this.roster = new Roster(surroundings, ends);
        this.startQueue = new StartQueue(surroundings);
        this.orders = new Orders(surroundings);
        this.lookAt = surroundings.clock().now();
        this.lastLook = lookAt.minus(BUSY_LOOK);
        this.notBefore = lookAt;
        this.overview = new Overview(lookAt, List.of(), List.of(), Overview.Phase.BEGINNING);
    }

    /** @return whether this is the name of a program whose command line says something to a supervisor */
    public static boolean isOfInterest(String program) {
        return Lookout.isServerProgram(program) || OperatorsCommand.PROGRAMS.contains(program);
    }

    /** The reaper took a process, ours or an orphan. */
    public void reaped(Reaped end) {
        ends.reaped(end);
        if (isServer(end.process())) {
            messages.add(this::noticeEnds);
        }
        if (end.ownChild()) {
            askForLook(lookAsked, BUSY_LOOK);
        } else {
            askForLook(orphansLookAsked, ORPHANS_LOOK);
        }
    }

    private void askForLook(AtomicBoolean asked, Duration sinceLast) {
        if (asked.compareAndSet(false, true)) {
            messages.add(() -> lookSoon(sinceLast));
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
        messages.add(() -> roster.nodes().forEach(
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
            Optional<ManagedNode> node = roster.find(directory);
            if (shutdown.isPresent()) {
                answer.complete(new Order.Result.Refused("the container stops"));
            } else if (node.isEmpty()) {
                answer.complete(new Order.Result.Refused("is no longer there"));
            } else {
                startQueue.remove(node.get());
                orders.give(node.get(), order, answer);
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
        return roster.nodes().stream().allMatch(ManagedNode::wentDownCleanly)
                && shutdown.map(Shutdown::endedAllStrays).orElse(true);
    }

    private Runnable nextMessage() {
        Duration now = surroundings.clock().now();
        Duration until = lookAt;
        for (ManagedNode node : roster.nodes()) {
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
        List.copyOf(roster.nodes()).forEach(node -> node.wake(now));
        roster.removeGone();
        if (shutdown.isPresent()) {
            roster.nodes().forEach(node -> node.stopRequested("the container stops"));
            over = shutdown.get().advance(roster.nodes(), passing);
        } else {
            startQueue.advance(roster.nodes());
        }
        orders.advance();
        overview = overview(now);
    }

    private Overview overview(Duration now) {
        return new Overview(
                now,
                roster.nodes().stream().map(ManagedNode::report).toList(),
                roster.contradictions(),
                shutdown.isPresent() ? Overview.Phase.STOPPING
                        : startQueue.isEmpty() ? Overview.Phase.SUPERVISING
                        : Overview.Phase.BEGINNING);
    }

    private void lookSoon(Duration sinceLast) {
        Duration soon = surroundings.clock().now().plus(QUICK_LOOK);
        Duration earliest = lastLook.plus(sinceLast);
        soon = soon.compareTo(earliest) < 0 ? earliest : soon;
        lookAt = lookAt.compareTo(soon) < 0 ? lookAt : soon;
        noticeEnds();
    }

    private void noticeEnds() {
        roster.nodes().forEach(ManagedNode::noticeEnd);
    }

    private void look(Duration now) {
        // From here on the end of a process asks for another one.
        lookAsked.set(false);
        orphansLookAsked.set(false);
        lastLook = now;
        Lookout.Look look = lookout.look(roster::supervises);
        reportPassing(look.passing());
        for (Lookout.Sighting sighting : look.sightings()) {
            roster.node(sighting.directory(), sighting.role()).seen(sighting.server(), sighting.role(), now);
        }
        noticeEnds();
        roster.nodes().stream()
                .filter(node -> DirectoryClaim.isRemoved(node.directory()))
                .forEach(ManagedNode::directoryVanished);
        lookAt = now.plus(look.unclear() ? UNCLEAR_LOOK : SLOW_LOOK);
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

    private void rescan() {
        roster.take(scan.get()).stream().filter(node -> !node.isHeld()).forEach(startQueue::add);
        roster.nodes().stream()
                .filter(node -> node.role().isPostgres() && node.state() == NodeState.RUNNING)
                .forEach(node -> node.server().ifPresent(
                        server -> surroundings.processes().signal(server, Signal.HUP)));
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
