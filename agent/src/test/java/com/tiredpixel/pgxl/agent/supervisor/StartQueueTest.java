package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartQueueTest {
    @TempDir
    Path temporary;

    @Test
    void aDatanodeWaitsForGtmAndForNothingOnceGtmServes() throws IOException {
        var world = new FakeWorld(temporary.toRealPath());
        WatchedNode gtm = node(world, "data/gtm", Role.GTM);
        WatchedNode datanode = node(world, "data/data", Role.DATANODE);
        List<WatchedNode> nodes = List.of(datanode, gtm);
        var queue = new StartQueue(world.context());
        nodes.forEach(queue::add);

        queue.advance(nodes);
        assertEquals(NodeState.STARTING, gtm.state());
        assertEquals(NodeState.STOPPED, datanode.state());

        int pid = gtm.server().orElseThrow().pid();
        world.writePidFile(gtm.directory(), Role.GTM, pid, "");
        world.serve(pid);
        world.pass(Duration.ofMillis(600), gtm);
        queue.advance(nodes);
        assertEquals(NodeState.STARTING, datanode.state());
    }

    @Test
    void aServerThatServesAtOnceHoldsNobodyUpUntilTheNextTurn() throws IOException {
        var world = new FakeWorld(temporary.toRealPath());
        WatchedNode gtm = node(world, "data/gtm", Role.GTM);
        WatchedNode datanode = node(world, "data/data", Role.DATANODE);
        List<WatchedNode> nodes = List.of(datanode, gtm);
        var queue = new StartQueue(world.context());
        nodes.forEach(queue::add);

        world.servesAtOnce(gtm.directory(), Role.GTM);
        queue.advance(nodes);
        assertEquals(NodeState.RUNNING, gtm.state());
        assertEquals(NodeState.STARTING, datanode.state());
    }

    @Test
    void gtmStartsBeforeProxiesDatanodesAndCoordinatorsButHoldsNobodyUpForEver() {
        assertTrue(StartQueue.mayStart(Role.GTM, List.of(Role.values()), Duration.ZERO));
        assertFalse(StartQueue.mayStart(Role.COORDINATOR, List.of(Role.DATANODE), Duration.ZERO));
        assertTrue(StartQueue.mayStart(Role.COORDINATOR, List.of(Role.COORDINATOR), Duration.ZERO));
        assertTrue(StartQueue.mayStart(Role.COORDINATOR, List.of(Role.values()), StartQueue.PATIENCE));
    }

    private static WatchedNode node(FakeWorld world, String name, Role role) throws IOException {
        return new WatchedNode(
                world.context(), world.dataDirectory(name, role), role, world.ends, world.lanes(), List::of);
    }
}
