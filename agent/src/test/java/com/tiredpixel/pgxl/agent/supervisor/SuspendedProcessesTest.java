package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.supervisor.server.SuspendedProcesses;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which processes are continued so that a server can go down. */
class SuspendedProcessesTest {
    @TempDir
    Path temporary;

    private FakeWorld world;
    private Path directory;
    private ProcessIdentity server;

    @BeforeEach
    void aPostmaster() throws IOException {
        world = new FakeWorld(temporary.toRealPath());
        directory = world.dataDirectory("data/coord", Role.COORDINATOR);
        server = world.server(directory, Role.COORDINATOR, FakeWorld.AGENT).identity();
    }

    @Test
    void theServerItselfItsChildrenAndTheirChildrenAreContinued() {
        int archiver = add("postgres: archiver process", server.pid());
        int command = add("rsync", archiver);
        add("postgres: writer process", server.pid());
        List.of(command, archiver, server.pid()).forEach(pid -> world.inState('T', pid));
        assertEquals(List.of(server.pid(), archiver, command), stopped(server));
    }

    @Test
    void nobodyElseIsThoughHeSitsInTheDirectoryOrCallsHimselfAChild() {
        world.inState('T', add("bash", 77));
        world.inState('T', add("postgres: checkpointer process", FakeWorld.AGENT));
        assertEquals(List.of(), stopped(server));
    }

    @Test
    void aProcessThatADebuggerHoldsIsTheDebuggers() {
        world.inState('t', add("postgres: backend", server.pid()));
        assertEquals(List.of(), stopped(server));
    }

    @Test
    void aLaterOwnerOfTheServersNumberIsNotTheServer() {
        world.inState('T', server.pid());
        assertEquals(List.of(), stopped(new ProcessIdentity(server.pid(), 1)));
    }

    private int add(String title, int parent) {
        return world.add("postgres", List.of(title), directory, parent).identity().pid();
    }

    private List<Integer> stopped(ProcessIdentity of) {
        return SuspendedProcesses.of(of, world.processes.values()).stream()
                .map(ProcessView::identity).map(ProcessIdentity::pid).toList();
    }
}
