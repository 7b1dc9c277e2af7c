package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.NodeFacts;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.Command;
import com.tiredpixel.pgxl.agent.status.Explain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StartCommandTest {

    @TempDir
    Path temporary;

    private FakeWorld world;
    private Path directory;

    private void aNode(Role role) throws IOException {
        world = new FakeWorld(temporary.toRealPath());
        directory = world.dataDirectory("data/one", role);
        Files.writeString(directory.resolve("gtm.control"), "next_xid: 10000\n");
        if (role != Role.GTM) {
            Files.delete(directory.resolve("gtm.control"));
        }
        // With what only one start was for, and an option of each form.
        Path options = directory.resolve(role.program().optionsFileName());
        Files.writeString(options, Files.readString(options).stripTrailing()
                + " \"-x\" \"20000\" \"-p\" \"7777\" \"-l\" \"/a log\"\n");
    }

    private String explained() {
        VolumeScan scan = VolumeScan.scan(world.home, 4, 1000, Optional.empty());
        return new Explain(world.home, 4, Path.of("/prefix"), new HoldMarks(world.home.resolve(".pgxl/held"), world.home))
                .dryRun(scan);
    }

    private String started(Role role) {
        new ManagedNode(world.context(), directory, role, world.ends, List::of).startRequested("test");
        Command command = world.started.get(world.started.size() - 1);
        assertEquals(command.program().toString(), command.arguments().get(0));
        return String.join(" ", command.arguments());
    }

    @ParameterizedTest
    @EnumSource
    void explainPrintsTheVeryCommandThatTheAgentRuns(Role role) throws IOException {
        aNode(role);
        String explained = explained();
        String started = started(role);

        assertTrue(explained.contains("the agent starts it at container start: " + started + "\n"), explained + started);
        assertTrue(world.log.toString().contains(": " + started), "and so does the log: " + world.log);
    }

    @Test
    void negativeControlWhatTheOperatorChangesBetweenTheTwoShows() throws IOException {
        aNode(Role.COORDINATOR);
        String explained = explained();
        Path options = directory.resolve("postmaster.opts");
        Files.writeString(options, Files.readString(options).replace("7777", "8888"));

        assertEquals(false, explained.contains(started(Role.COORDINATOR)));
    }

    @ParameterizedTest
    @EnumSource
    void thePortOfTheLastCommandLineBeatsTheConfigurationForFindingAndFactsAlike(Role role) throws IOException {
        aNode(role);
        var found = (Finding.Node) VolumeScan.scan(world.home, 4, 1000, Optional.empty()).findings().get(0);

        assertEquals(OptionalInt.of(7777), found.facts().port());
        assertEquals(found.facts(), NodeFacts.read(directory, role));
    }
}
