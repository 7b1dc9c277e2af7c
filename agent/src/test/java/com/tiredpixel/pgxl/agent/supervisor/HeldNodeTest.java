package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Exited;
import com.tiredpixel.pgxl.agent.os.ExitStatus.Signaled;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node that the operator holds: what is left of its server, and for whom. */
class HeldNodeTest extends NodeOnAVolume {
    /** {@code gtm_ctl stop} and {@code pg_ctl stop} signal the pid that they find, whoever has it by now. */
    @Test
    void aNodeThatIsFoundHeldHasNoStalePidFileForTheOperatorsNextCommand() throws IOException {
        world.writePidFile(directory, Role.COORDINATOR, 4711, "ready");
        node.foundHeld("test");
        assertEquals(NodeState.HELD, node.state());
        assertFalse(Files.exists(directory.resolve("postmaster.pid")));
        assertTrue(world.lockedHere.isEmpty());
    }

    /** An operator may start one as soon as it is down, and that pid file is not ours to remove. */
    @Test
    void thePidFileOfAServerThatCrashedWhileItWasHeldIsLeftToTheOperator() throws IOException {
        int pid = running();
        node.hold("test");
        world.end(pid, new Signaled(9, false));
        world.pass(SETTLED, node);
        assertEquals(NodeState.HELD, node.state());
        assertTrue(Files.exists(directory.resolve("postmaster.pid")));
    }

    /** While one of them lives, {@code pg_ctl start} fails by "pre-existing shared memory block". */
    @Test
    void whatAKilledPostmasterOfAHeldNodeLeftIsEndedForTheOperatorsStart() throws IOException {
        int pid = running();
        node.hold("test");
        ProcessView polite = world.leftover(directory, "pooler process");
        ProcessView deaf = world.leftover(directory, "cluster monitor process");
        ProcessView childOfAnother = world.add("postgres", List.of("postgres: writer process"), directory, 77);
        world.end(pid, new Signaled(9, false));
        world.pass(SETTLED, node);
        assertEquals(NodeState.SETTLING, node.state());
        world.end(polite.identity().pid(), new Exited(2));
        world.pass(SETTLED, node);
        world.end(deaf.identity().pid(), new Signaled(9, false));
        world.pass(SETTLED, node);
        assertEquals(NodeState.HELD, node.state());
        assertEquals(List.of("QUIT " + polite.identity().pid(), "QUIT " + deaf.identity().pid()),
                world.signals.stream().filter(sent -> sent.startsWith("QUIT")).toList());
        assertTrue(world.signals.contains("KILL " + deaf.identity().pid()));
        assertTrue(world.signals.stream().noneMatch(sent -> sent.endsWith(" " + childOfAnother.identity().pid())));
    }

    @Test
    void aLeftoverThatNothingEndsDoesNotKeepTheVerdictFromAHeldNode() throws IOException {
        int pid = running();
        node.hold("test");
        world.leftover(directory, "writer process");
        world.end(pid, new Signaled(9, false));
        world.pass(Duration.ofSeconds(6), node);
        assertEquals(NodeState.HELD, node.state());
    }

    @Test
    void aPidFileThatMayBeAnothersIsLeftWhenANodeIsHeld() throws IOException {
        world.writePidFile(directory, Role.COORDINATOR, 4711, "ready");
        world.lockedElsewhere.add(directory);
        node.foundHeld("another container runs it");
        assertTrue(Files.exists(directory.resolve("postmaster.pid")));
        world.lockedElsewhere.clear();
        world.server(directory, Role.COORDINATOR, 77);
        new ManagedNode(world.context(), directory, Role.COORDINATOR, world.ends, java.util.List::of).foundHeld("a server works there");
        assertTrue(Files.exists(directory.resolve("postmaster.pid")));
    }
}
