package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.base.LoopFailures;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.Reaped;
import com.tiredpixel.pgxl.agent.supervisor.Mailbox.Note;
import com.tiredpixel.pgxl.agent.supervisor.directory.OperatorsCommand;
import com.tiredpixel.pgxl.agent.supervisor.server.AdoptedExits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Looks after every node of this container. One thread does it all, so no decision sees half of another;
 * the public methods may be called from any thread and only leave a message.
 *
 * <p>That thread goes on whatever is thrown: a turn has steps, each guarded by itself, and a step that failed is taken
 * again in the next turn. Each changes something only when it has all the memory that it needs, or can be repeated.
 */
public final class Supervisor {
    private static final Duration STOP_TICK = Duration.ofMillis(100);
    private static final TurnStep[] STEPS = TurnStep.values();

    private final SupervisorContext context;
    private final BackgroundScan scan;
    private final Lanes lanes;
    private final ServerFinder finder;
    private final AdoptedExits exits;
    private final Mailbox mailbox = new Mailbox();
    private final LoopFailures failures;
    private final LookSchedule looks;
    private final Nodes nodes;
    private final StartQueue startQueue;
    private boolean scanned;
    private Optional<Shutdown> shutdown = Optional.empty();
    private boolean over;
    private boolean clean;
    private final NodeCommands orders;
    private volatile Overview overview;

    /**
     * @param context what to work with
     * @param scan examines the volume
     */
    public Supervisor(SupervisorContext context, PatientScan scan) {
        this.context = context;
        this.scan = new BackgroundScan(context.disk(), scan, mailbox);
        this.exits = new AdoptedExits(context.clock());
        this.failures = new LoopFailures(context.log(), context.clock(), "failed looking after the nodes");
        this.lanes = new Lanes(context.disk(), context.clock(), () -> mailbox.leave(Note.ANSWER));
        this.finder = new ServerFinder(context, lanes);
        this.nodes = new Nodes(context, exits, lanes);
        this.startQueue = new StartQueue(context);
        this.orders = new NodeCommands(context);
        this.looks = new LookSchedule(context.clock());
        this.overview = new Overview(looks.next(), List.of(), List.of(), Overview.Phase.BEGINNING);
    }

    /** @return whether this is the name of a program whose command line says something to a supervisor */
    public static boolean isOfInterest(String program) {
        return Program.named(program).isPresent() || OperatorsCommand.PROGRAMS.contains(program);
    }

    /** The reaper took a process, ours or an orphan. Needs no memory. */
    public void reaped(Reaped end) {
        exits.reaped(end);
        if (isServer(end.process())) {
            mailbox.leave(Note.SERVER_ENDED);
        }
        if (looks.isFirstEnd(end.ownChild())) {
            mailbox.leave(end.ownChild() ? Note.CHILD_ENDED : Note.ORPHAN_ENDED);
        }
    }

    /** As of the last event: the end of one that is not known yet is noticed by the next look. */
    private boolean isServer(ProcessIdentity process) {
        List<NodeReport> reports = overview.nodes();
        for (int i = 0; i < reports.size(); i++) {
            if (reports.get(i).pid().orElse(0) == process.pid()) {
                return true;
            }
        }
        return false;
    }

    /** Stops every server and then ends {@link #run}. Needs no memory. */
    public void stop() {
        mailbox.leave(Note.STOP);
    }

    /** Examines the volume afresh, and tells PostgreSQL, never GTM, to re-read its configuration. */
    public void reload() {
        mailbox.leave(Note.HANG_UP);
        mailbox.leave(Note.SCAN);
    }

    /** Writes one line for each node to the log: what it is, in which state, why, what comes next. */
    public void explain() {
        mailbox.leave(Note.EXPLAIN);
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
    public CompletableFuture<NodeCommand.Result> order(Path directory, NodeCommand order) {
        var command = new Mailbox.Command(directory, order, new CompletableFuture<>());
        mailbox.give(command);
        return command.answer();
    }

    /**
     * Supervises until {@link #stop} has done its work. Never throws.
     *
     * @return whether every node went down cleanly
     */
    public boolean run() {
        while (!over) {
            await();
            if (turn()) {
                failures.succeeded();
            } else {
                failures.pause();
            }
            failures.tell();
        }
        return clean;
    }

    private void await() {
        try {
            mailbox.await(untilNextTurn().toNanos());
        } catch (Throwable e) {
            failures.note(e);
            failures.pause();
        }
    }

    private Duration untilNextTurn() {
        Duration now = context.clock().now();
        Duration until = looks.next();
        for (WatchedNode node : nodes.all()) {
            Duration wakeAt = node.wakeAt().orElse(until);
            until = wakeAt.compareTo(until) < 0 ? wakeAt : until;
        }
        if (shutdown.isPresent() && until.compareTo(now.plus(STOP_TICK)) > 0) {
            until = now.plus(STOP_TICK);
        }
        return until.minus(now);
    }

    /** @return whether nothing failed */
    boolean turn() {
        boolean failed = false;
        for (int i = 0; i < STEPS.length; i++) {
            try {
                take(STEPS[i]);
            } catch (Throwable e) {
                failed = true;
                failures.note(e);
            }
        }
        return !failed;
    }

    /** A note is taken first, because there may be a reason for another one meanwhile; and is left again if that failed. */
    private void take(TurnStep step) {
        if (step.note() != null && !mailbox.take(step.note())) {
            return;
        }
        boolean done = false;
        try {
            perform(step);
            done = true;
        } finally {
            if (!done && step.note() != null) {
                mailbox.leave(step.note());
            }
        }
    }

    private void perform(TurnStep step) {
        switch (step) {
            case STOP -> beginStop();
            case HANG_UP -> nodes.hangUp();
            case SCAN -> scan.begin();
            case TAKE_SCAN -> scan.take(this::take);
            case NOTICE_ENDS -> noticeEnds();
            case HURRY_FOR_CHILD, HURRY_FOR_ORPHAN -> {
                looks.hurry(step == TurnStep.HURRY_FOR_CHILD);
                noticeEnds();
            }
            case OBEY -> mailbox.obey(this::obey);
            case LOOK -> look(context.clock().now());
            case WAKE -> wake(context.clock().now());
            case START_OR_STOP -> startOrStop();
            case ANSWER -> orders.advance();
            case PUBLISH -> overview = overview(context.clock().now());
            case EXPLAIN -> nodes.all().forEach(
                    node -> context.log().info(node.subject(), node.report().describe()));
        }
    }

    private void obey(Mailbox.Command command) {
        Optional<WatchedNode> node = nodes.find(command.directory());
        if (shutdown.isPresent()) {
            command.answer().complete(new NodeCommand.Result.Refused("the container stops"));
        } else if (node.isEmpty()) {
            command.answer().complete(new NodeCommand.Result.Refused("is no longer there"));
        } else {
            startQueue.remove(node.get());
            orders.give(node.get(), command.order(), command.answer());
        }
    }

    private void wake(Duration now) {
        try {
            Each.of(List.copyOf(nodes.all()), node -> node.wake(now));
        } finally {
            nodes.removeGone();
        }
    }

    private void startOrStop() {
        if (shutdown.isEmpty()) {
            startQueue.advance(nodes.all());
            return;
        }
        try {
            Each.of(nodes.all(), node -> node.stopRequested("the container stops"));
        } finally {
            boolean ended = shutdown.get().advance(nodes.all(), finder.passing());
            clean = ended && nodes.all().stream().allMatch(WatchedNode::wentDownCleanly)
                    && shutdown.get().endedAllStrays();
            over = ended;
        }
    }

    private Overview overview(Duration now) {
        return new Overview(
                now,
                nodes.all().stream().map(WatchedNode::report).toList(),
                nodes.contradictions(),
                shutdown.isPresent() ? Overview.Phase.STOPPING
                        : scanned && startQueue.isEmpty() ? Overview.Phase.SUPERVISING
                        : Overview.Phase.BEGINNING);
    }

    private void noticeEnds() {
        Each.of(nodes.all(), WatchedNode::noticeEnd);
    }

    private void look(Duration now) {
        if (now.compareTo(looks.next()) < 0) {
            return;
        }
        looks.begun(now);
        ServerFinder.Look look = finder.look(nodes::supervises);
        // Soon again, if something fails.
        looks.done(now, false);
        Each.of(look.sightings(), sighting -> nodes.node(sighting.directory(), sighting.role())
                .seen(sighting.server(), sighting.role(), now));
        noticeEnds();
        Each.of(nodes.all(), WatchedNode::lookForDirectory);
        looks.done(now, !look.unclear());
    }

    private void take(VolumeScan found) {
        nodes.take(found);
        scanned = true;
        Each.of(nodes.all(), node -> {
            if (node.isFresh() && !node.isHeld()) {
                startQueue.add(node);
            }
            node.setFresh(false);
        });
    }

    private void beginStop() {
        if (shutdown.isEmpty()) {
            shutdown = Optional.of(new Shutdown(context, lanes));
            looks.now();
        }
        orders.refuseAll();
    }
}
