package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Signaled;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard.Repair;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard.Start;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the guard says of a start, and what becomes of the node. */
class GuardedStartTest extends NodeOnAVolume {
    private static final Repair PLAIN = new Repair(OptionalLong.empty(), false);

    private final List<Start> asked = new ArrayList<>();
    private final List<Start> adopted = new ArrayList<>();
    private int failures;
    private Verdict verdict = new Verdict.Clear();
    private NodeCommand.Result outcome = new NodeCommand.Result.Done("is repaired");

    private final StartGuard guard = new StartGuard() {
        @Override
        public Verdict before(Start start) {
            asked.add(start);
            return verdict;
        }

        @Override
        public void adopted(Start node) {
            adopted.add(node);
            if (adopted.size() == failures) {
                throw new OutOfMemoryError("test");
            }
        }

        @Override
        public NodeCommand.Result repair(Start start, Repair repair) {
            return outcome;
        }
    };

    @BeforeEach
    void putTheGuardThere() {
        world.startGuard = guard;
        node = new ManagedNode(world.context(), directory, node.role(), world.ends, List::of);
    }

    @Test
    void eachStartIsAskedForOnceAndSaysWhetherTheOperatorOrderedIt() throws IOException {
        int pid = running();
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(List.of(false, false), asked.stream().map(Start::ordered).toList());
        node.stopRequested("test");
        world.end(node.server().orElseThrow().pid(), new Signaled(9, false));
        node.noticeEnd();
        node.startOrdered("test");
        assertEquals(List.of(false, false, true), asked.stream().map(Start::ordered).toList());
        world.end(node.server().orElseThrow().pid(), new Signaled(9, false));
        world.pass(Duration.ofSeconds(10), node);
        assertEquals(false, asked.get(3).ordered(), "an order is good for one start");
    }

    /** By a scan, or in the way of a start that its blocked node tries. */
    @Test
    void theGuardIsToldOfEachServerThatSomebodyElseStarted() throws IOException {
        verdict = new Verdict.Blocked("another has its name");
        node.startRequested("test");
        ProcessView operators = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        world.writePidFile(directory, Role.COORDINATOR, operators.identity().pid(), "ready");
        world.pass(Duration.ofSeconds(2), node);
        assertEquals(operators.identity(), node.server().orElseThrow());
        assertEquals(List.of(directory), adopted.stream().map(Start::directory).toList());
    }

    @Test
    void theGuardIsToldLaterIfThatFailed() throws IOException {
        failures = 1;
        ProcessView operators = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT);
        world.writePidFile(directory, Role.COORDINATOR, operators.identity().pid(), "ready");
        assertThrows(OutOfMemoryError.class, () -> node.seen(operators, Role.COORDINATOR, world.now()));
        world.serve(operators.identity().pid());
        world.pass(Duration.ofSeconds(2), node);
        assertEquals(NodeState.RUNNING, node.state());
        assertEquals(2, adopted.size());
    }

    @Test
    void aNodeThatMustNotStartIsBlockedKeepsItsLockAndStartsWhenItMay() {
        verdict = new Verdict.Blocked("its file is torn");
        node.startRequested("test");
        world.pass(Duration.ofSeconds(5), node);
        assertEquals(NodeState.BLOCKED, node.state());
        assertEquals("its file is torn", node.report().reason());
        assertEquals(0, world.started.size());
        assertTrue(world.lockedHere.contains(directory), "nobody else comes in between");
        assertEquals(1, world.log.stream().filter(line -> line.contains("torn")).count(), world.log.toString());
        verdict = new Verdict.Clear();
        world.pass(Duration.ofSeconds(2), node);
        assertEquals(NodeState.STARTING, node.state());
    }

    @Test
    void whatIsKnownInAMomentIsAskedForAgainAtOnce() {
        verdict = new Verdict.NotYetKnown("what the servers are");
        node.startRequested("test");
        assertEquals(NodeState.CLEARING, node.state());
        verdict = new Verdict.Clear();
        world.pass(Duration.ofMillis(60), node);
        assertEquals(NodeState.STARTING, node.state());
    }

    @Test
    void aRepairIsForANodeThatIsDownAndABlockedOneStartsAfterIt() throws IOException {
        int pid = running();
        assertInstanceOf(NodeCommand.Result.Refused.class, node.repair(PLAIN));
        verdict = new Verdict.Blocked("its file is torn");
        world.end(pid, new Signaled(9, false));
        assertInstanceOf(NodeCommand.Result.Refused.class, node.repair(PLAIN));
        world.pass(Duration.ofSeconds(5), node);
        assertEquals(NodeState.BLOCKED, node.state());
        outcome = new NodeCommand.Result.Refused("is not repaired");
        node.repair(PLAIN);
        assertEquals(NodeState.BLOCKED, node.state());
        outcome = new NodeCommand.Result.Done("is repaired");
        verdict = new Verdict.Clear();
        node.repair(PLAIN);
        assertEquals(NodeState.STARTING, node.state());
    }

    @Test
    void aHeldNodeIsRepairedAndStaysDown() {
        node.hold("test");
        world.lockedElsewhere.add(directory);
        assertInstanceOf(NodeCommand.Result.Refused.class, node.repair(PLAIN));
        world.lockedElsewhere.clear();
        assertInstanceOf(NodeCommand.Result.Done.class, node.repair(PLAIN));
        assertEquals(NodeState.HELD, node.state());
        assertTrue(world.lockedHere.isEmpty());
    }
}
