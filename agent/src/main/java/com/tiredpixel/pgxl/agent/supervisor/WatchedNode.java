package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.ControlFile;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.Lane;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.supervisor.server.AdoptedExits;
import com.tiredpixel.pgxl.agent.supervisor.server.LiveServer;
import com.tiredpixel.pgxl.agent.supervisor.server.StopStage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A node as the supervisor's thread deals with it: through a {@link Lane}, because its directory may not answer. Then nothing is
 * decided about it until it does, what is known of it is what was known before, and only its server can be signalled.
 */
final class WatchedNode {
    private static final Duration WORTH_A_LINE = Duration.ofSeconds(5);
    private static final Duration PATIENCE_WITH_OTHERS = Duration.ofSeconds(2);

    private final SupervisorContext context;
    private final ManagedNode node;
    private final Lanes lanes;
    private final Lane lane;
    private Known known;
    private Optional<LiveServer> outOfReach = Optional.empty();
    private Optional<Duration> toldSilence = Optional.empty();
    private boolean fresh;
    /** Whether what hangs is a start. */
    private boolean starting;
    /** Written in the lane, and read while nothing hangs there. */
    private boolean introduced;

    /** What was known before a step that hangs. */
    private record Known(NodeReport report, Optional<ProcessIdentity> server) {
    }

    /** @param databases asks for the directories of all coordinators and datanodes here, by any thread */
    WatchedNode(
            SupervisorContext context, Path directory, Role role, AdoptedExits ends, Lanes lanes,
            Supplier<List<Path>> databases) {
        this.context = context;
        this.node = new ManagedNode(context, directory, role, ends, () -> answering(databases.get()));
        this.lanes = lanes;
        this.lane = lanes.of(directory);
        this.known = new Known(node.report(), Optional.empty());
    }

    /** Whether its directory answers, as far as is known; tells the log when that has changed for longer. */
    boolean answers() {
        Duration silence = lane.hangsFor();
        if (!lane.hangs()) {
            toldSilence.ifPresent(time -> context.log().info(
                    subject(), directory() + " answers again, after " + NodeJournal.seconds(time)));
            toldSilence = Optional.empty();
            outOfReach = Optional.empty();
            return true;
        }
        if (silence.compareTo(WORTH_A_LINE) >= 0) {
            if (toldSilence.isEmpty()) {
                context.log().warn(subject(), directory() + " does not answer: nothing is done about this node until"
                        + " it does, but to signal its server in a stop of the container");
            }
            toldSilence = Optional.of(silence);
        }
        return false;
    }

    private boolean step(Runnable step) {
        return ask(() -> {
            step.run();
            return true;
        }).isPresent();
    }

    private <T> Optional<T> ask(Callable<T> step) {
        if (!answers()) {
            return Optional.empty();
        }
        known = new Known(node.report(), node.server());
        starting = false;
        return lane.ask(lanes.patience(), () -> {
            learnWhetherHeld();
            return step.call();
        });
    }

    /** A GTM looks at the databases beside it before its start, and must not hang in the directory of one of them. */
    private List<Path> answering(List<Path> databases) {
        return node.role() == Role.GTM ? databases.stream().filter(this::answersNow).toList() : databases;
    }

    private boolean answersNow(Path database) {
        Lane once = new Lane(context.disk(), context.clock(), () -> { });
        boolean answers = once.ask(PATIENCE_WITH_OTHERS, () -> ControlFile.state(database)).isPresent();
        if (!answers) {
            context.log().warn(node.subject(), database + " does not answer: no look at it before the start");
        }
        return answers;
    }

    // What happens to it, in the words of NodeMachine.

    /** It is new here, and the operator may hold it since before this container. */
    void introduce() {
        step(() -> { });
    }

    /** Before anything else happens to it: a step that failed or hung may have kept it from that. */
    private void learnWhetherHeld() {
        if (introduced) {
            return;
        }
        try {
            if (context.holds().contains(node.directory())) {
                node.foundHeld("the operator holds it, since before this agent knew it");
            }
        } catch (IOException e) {
            context.log().error(node.subject(), "cannot read whether it is held, so it is not: " + e);
        }
        introduced = true;
    }

    /** @return whether it has been told, or will be when its directory answers */
    boolean startRequested(String why) {
        boolean done = step(() -> node.startRequested(why));
        starting = !done && lane.hangs();
        return done || lane.hangs();
    }

    void startOrdered(String why) {
        step(() -> node.startOrdered(why));
    }

    void stopRequested(String why) {
        step(() -> node.stopRequested(why));
    }

    /** @return why it could not be held; empty if it is */
    Optional<String> hold(String why) {
        return marked(() -> context.holds().add(directory()), () -> node.hold(why));
    }

    /** @return why it could not be released; empty if it is */
    Optional<String> release(String why) {
        return marked(() -> context.holds().remove(directory()), () -> node.release(why));
    }

    private interface Mark {
        void write() throws IOException;
    }

    private Optional<String> marked(Mark mark, Runnable then) {
        return ask(() -> {
            try {
                mark.write();
                then.run();
                return "";
            } catch (IOException e) {
                return e.toString();
            }
        }).or(() -> Optional.of("the disk does not answer")).filter(trouble -> !trouble.isEmpty());
    }

    /** See {@link ManagedNode#repair}. */
    NodeCommand.Result repair(StartGuard.Repair repair) {
        return ask(() -> node.repair(repair))
                .orElseGet(() -> new NodeCommand.Result.Refused("cannot be repaired: its directory does not answer"));
    }

    void seen(ProcessView view, Role seenRole, Duration seenAt) {
        step(() -> node.seen(view, seenRole, seenAt));
    }

    /** Notices if the directory is gone. */
    void lookForDirectory() {
        step(node::lookForDirectory);
    }

    void noticeEnd() {
        if (answers() && node.mayHaveEnded()) {
            step(node::noticeEnd);
        }
    }

    void wake(Duration now) {
        if (answers() && (!introduced || node.hasToDo(now))) {
            step(() -> node.wake(now));
        }
    }

    /** Signals its server, whether the directory answers or not: that touches no disk. */
    void tellToStop(StopStage stage) {
        if (answers()) {
            node.tellToStop(stage);
            return;
        }
        if (outOfReach.isEmpty()) {
            outOfReach = known.server().map(server -> new LiveServer(server, Duration.ZERO, new CompletableFuture<>()));
        }
        outOfReach.flatMap(server -> server.tellToStop(stage, role().program(), context.processes()))
                .ifPresent(told -> context.log().warn(subject(), "its directory does not answer: " + told));
    }

    // What others may ask of it.

    Path directory() {
        return node.directory();
    }

    Role role() {
        return lane.hangs() ? known.report().role() : node.role();
    }

    String subject() {
        return role().label() + " " + context.display(directory());
    }

    NodeState state() {
        return lane.hangs() ? known.report().state() : node.state();
    }

    /** Whether it is on its way up. A start may be slow, as on a busy machine; it hangs when its silence is worth a line. */
    boolean isComingUp() {
        return state().isComingUp() || starting && lane.hangs() && lane.hangsFor().compareTo(WORTH_A_LINE) < 0;
    }

    Optional<ProcessIdentity> server() {
        return lane.hangs() ? known.server().filter(context.processes()::isAlive) : node.server();
    }

    Optional<Duration> wakeAt() {
        return lane.hangs() ? Optional.empty() : node.wakeAt();
    }

    boolean isHeld() {
        return lane.hangs() ? known.report().held() : node.isHeld();
    }

    /** Whether a container start found it, and it has not had its turn to start yet. */
    boolean isFresh() {
        return fresh;
    }

    void setFresh(boolean found) {
        fresh = found;
    }

    /** Whether its directory is no more, and has been let go. */
    boolean isGone() {
        return !lane.hangs() && node.state() == NodeState.GONE && !node.isLettingGo();
    }

    boolean isLettingGo() {
        return !lane.hangs() && node.isLettingGo();
    }

    boolean wentDownCleanly() {
        return !lane.hangs() && node.wentDownCleanly();
    }

    NodeReport report() {
        return lane.hangs() ? known.report().withoutAnswer(lane.hangsFor()) : node.report();
    }
}
