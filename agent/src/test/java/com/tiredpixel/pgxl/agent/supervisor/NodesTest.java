package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodesTest {
    private static final String FORGOTTEN = "the next container will not find it";

    @TempDir
    Path temporary;

    private FakeWorld world;
    private Nodes roster;

    @BeforeEach
    void aVolume() throws IOException {
        world = new FakeWorld(temporary.toRealPath());
        roster = new Nodes(world.context(), world.ends, world.lanes());
    }

    @Test
    void aServerWhoseDirectoryTheNextContainerWillNotFindIsWarnedOfOnce() throws IOException {
        Path deep = world.dataDirectory("1/2/3/4/5", Role.DATANODE);
        roster.node(deep, Role.DATANODE);
        roster.node(deep, Role.DATANODE);
        assertEquals(1, warnings());
        assertTrue(world.log.get(0).contains("lies 5 folders below " + world.home + ", and PGXL_SCAN_DEPTH is 4"));
        roster.node(Path.of("/elsewhere"), Role.DATANODE);
        assertEquals(2, warnings());
    }

    @Test
    void aServerInItsReachIsNot() throws IOException {
        roster.node(world.dataDirectory("1/2/3/4", Role.DATANODE), Role.DATANODE);
        assertEquals(0, warnings());
    }

    /** A link may lead to what lies deeper than the walk goes. */
    @Test
    void norIsOneThatTheScanHasFound() throws IOException {
        Path deep = world.dataDirectory("1/2/3/4/5", Role.DATANODE);
        roster.take(VolumeScan.scan(world.home, 5, 1000, Optional.empty()));
        roster.node(deep, Role.DATANODE);
        assertEquals(0, warnings());
    }

    /** An operator empties it and restores a backup into it: the hold is for the directory, whatever lies in it. */
    @Test
    void aHoldOutlivesTheDirectorysEndAndReturn() throws IOException {
        Path directory = world.dataDirectory("data/dn1", Role.DATANODE);
        world.context().holds().add(directory);
        WatchedNode before = roster.node(directory, Role.DATANODE);
        assertTrue(before.isHeld());
        Path away = Files.move(directory, world.home.resolve("away"));
        before.lookForDirectory();
        assertEquals(NodeState.GONE, before.state());
        roster.removeGone();
        assertTrue(roster.find(directory).isEmpty());
        Files.move(away, directory);
        WatchedNode after = roster.node(directory, Role.DATANODE);
        assertEquals(NodeState.HELD, after.state());
    }

    private long warnings() {
        return world.log.stream().filter(line -> line.startsWith("WARN") && line.contains(FORGOTTEN)).count();
    }
}
