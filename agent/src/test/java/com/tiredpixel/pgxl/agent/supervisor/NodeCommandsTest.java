package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Exited;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Signaled;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand.Result;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand.StopMode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The operator's verbs, on one coordinator. */
class NodeCommandsTest extends NodeOnAVolume {
    private NodeCommands orders;
    private WatchedNode node;
    private StartGuard.Verdict verdict = new StartGuard.Verdict.Clear();

    @BeforeEach
    void theDesk() {
        world.startGuard = new StartGuard() {
            @Override
            public Verdict before(Start start) {
                return verdict;
            }

            @Override
            public Result repair(Start start, Repair repair) {
                return new Result.Refused("has nothing to repair");
            }
        };
        orders = new NodeCommands(world.context());
        node = new WatchedNode(world.context(), directory, Role.COORDINATOR, world.ends, world.lanes(), java.util.List::of);
    }

    @Override
    int running() throws IOException {
        node.startRequested("test");
        return serve();
    }

    @Test
    void aStopIsAnsweredWhenTheServerIsDownAndItStaysDown() throws IOException {
        int pid = running();
        CompletableFuture<Result> answer = give(new NodeCommand.Stop(StopMode.FAST));
        assertTrue(world.signals.contains("INT " + pid));
        assertFalse(answer.isDone(), "it is not down yet");
        end(pid, new Exited(0));
        assertEquals("is down", assertInstanceOf(Result.Done.class, answer.join()).said());
        pass(Duration.ofMinutes(5));
        assertEquals(NodeState.STOPPED, node.state());
        assertEquals("fast", node.report().history().lastStop().orElseThrow().mode());
    }

    @Test
    void eachModeIsASignalAndAStopGetsOnlyFirmer() throws IOException {
        int pid = running();
        give(new NodeCommand.Stop(StopMode.SMART));
        give(new NodeCommand.Stop(StopMode.IMMEDIATE));
        give(new NodeCommand.Stop(StopMode.FAST));
        assertEquals(java.util.List.of("TERM " + pid, "QUIT " + pid), world.signals);
    }

    @Test
    void aRestartStartsItWhenItIsDownAndAnswersWhenItServes() throws IOException {
        int pid = running();
        CompletableFuture<Result> answer = give(new NodeCommand.Restart(StopMode.FAST));
        end(pid, new Exited(0));
        assertEquals(2, world.started.size());
        assertFalse(answer.isDone(), "it does not serve yet");
        int second = serve();
        assertEquals("runs, pid " + second, assertInstanceOf(Result.Done.class, answer.join()).said());
    }

    @Test
    void oneThatGivesWayIsStoppedFastAndWaitsUntilTheGuardLetsItServe() throws IOException {
        int pid = running();
        verdict = new StartGuard.Verdict.Blocked("another has its name");
        give(new NodeCommand.GiveWay("another has its name"));
        assertTrue(world.signals.contains("INT " + pid));
        end(pid, new Exited(0));
        pass(Duration.ofSeconds(20));
        assertEquals(NodeState.BLOCKED, node.state());
        assertEquals("another has its name", node.report().reason());
        verdict = new StartGuard.Verdict.Clear();
        pass(Duration.ofSeconds(2));
        assertEquals(NodeState.STARTING, node.state());
    }

    @Test
    void oneThatIsHeldAndGivesWayIsHeldAfterwards() throws IOException {
        int pid = running();
        give(new NodeCommand.Hold());
        CompletableFuture<Result> answer = give(new NodeCommand.GiveWay("another has its name"));
        end(pid, new Exited(0));
        pass(Duration.ofSeconds(20));
        assertEquals(NodeState.HELD, node.state());
        assertInstanceOf(Result.Done.class, answer.join());
    }

    @Test
    void aStartThatFailsIsAnsweredWithTheReason() {
        world.startsFail = true;
        CompletableFuture<Result> answer = give(new NodeCommand.Start());
        String said = assertInstanceOf(Result.Refused.class, answer.join()).said();
        assertTrue(said.contains("ENOENT"), said);
    }

    @Test
    void aHeldServerGoesOnAndIsNotStartedAgainAfterACrash() throws IOException {
        int pid = running();
        assertInstanceOf(Result.Done.class, give(new NodeCommand.Hold()).join());
        assertEquals(NodeState.RUNNING, node.state());
        world.end(pid, new Signaled(9, false));
        pass(Duration.ofMinutes(5));
        assertEquals(NodeState.HELD, node.state());
        assertEquals(1, world.started.size());
        assertTrue(world.lockedHere.isEmpty());
        assertInstanceOf(Result.Refused.class, give(new NodeCommand.Start()).join(), "a start is not a release");
    }

    @Test
    void aReleaseStartsItAndTheMarkIsGone() throws IOException {
        give(new NodeCommand.Hold());
        assertTrue(world.context().holds().contains(directory));
        CompletableFuture<Result> answer = give(new NodeCommand.Release());
        assertFalse(world.context().holds().contains(directory));
        serve();
        assertInstanceOf(Result.Done.class, answer.join());
    }

    @Test
    void aHoldThatCannotBeKeptIsRefused() throws IOException {
        Files.writeString(world.home.resolve(".pgxl"), "a file in the place of the state directory");
        assertInstanceOf(Result.Refused.class, give(new NodeCommand.Hold()).join());
        assertEquals(NodeState.STOPPED, node.state());
    }

    @Test
    void marksKeepOddNamesApart() throws IOException {
        var marks = new HoldMarks(temporary.resolve("held"), temporary);
        marks.add(temporary.resolve("a\nb"));
        assertTrue(marks.contains(temporary.resolve("a\nb")));
        assertFalse(marks.contains(temporary.resolve("a\\nb")));
        assertFalse(marks.contains(temporary.resolve("a")));
        marks.remove(temporary.resolve("a\nb"));
        assertFalse(marks.contains(temporary.resolve("a\nb")));
    }

    @Test
    void theHistoryCountsRestartsByTheirCause() throws IOException {
        int pid = running();
        world.end(pid, new Signaled(9, false));
        pass(Duration.ofSeconds(1));
        serve();
        NodeHistory history = node.report().history();
        assertEquals(1, history.restarts().get(NodeHistory.End.SIGNALED));
        assertEquals(NodeHistory.End.SIGNALED, history.lastEnd().orElseThrow().kind());
        assertTrue(history.timeToReady().isPresent());
    }

    private CompletableFuture<Result> give(NodeCommand order) {
        var answer = new CompletableFuture<Result>();
        orders.give(node, order, answer);
        orders.advance();
        return answer;
    }

    private void pass(Duration time) {
        world.pass(time, node);
        orders.advance();
    }

    private int serve() throws IOException {
        int pid = node.server().orElseThrow().pid();
        world.writePidFile(directory, Role.COORDINATOR, pid, "ready");
        world.serve(pid);
        pass(Duration.ofSeconds(2));
        assertEquals(NodeState.RUNNING, node.state());
        return pid;
    }

    private void end(int pid, Exited status) throws IOException {
        Files.delete(directory.resolve("postmaster.pid"));
        world.end(pid, status);
        pass(Duration.ofMillis(20));
    }
}
