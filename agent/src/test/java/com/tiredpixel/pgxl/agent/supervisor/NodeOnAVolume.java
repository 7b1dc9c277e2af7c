package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tiredpixel.pgxl.agent.node.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of one node begin with: a coordinator on a volume, whose processes and time they make. */
abstract class NodeOnAVolume {
    static final Duration SETTLED = Duration.ofMillis(300);

    @TempDir
    Path temporary;

    FakeWorld world;
    Path directory;
    ManagedNode node;

    @BeforeEach
    void aCoordinatorOnAVolume() throws IOException {
        world = new FakeWorld(temporary.toRealPath());
        directory = world.dataDirectory("data/coord", Role.COORDINATOR);
        node = new ManagedNode(world.context(), directory, Role.COORDINATOR, world.ends, java.util.List::of);
    }

    /** Has it run, and returns its server's pid. */
    int running() throws IOException {
        node.startRequested("test");
        int pid = node.server().orElseThrow().pid();
        world.writePidFile(directory, Role.COORDINATOR, pid, "ready");
        world.serve(pid);
        world.pass(Duration.ofSeconds(1), node);
        assertEquals(NodeState.RUNNING, node.state());
        return pid;
    }
}
