package com.tiredpixel.pgxl.agent.gtm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.supervisor.NodeHistory;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ControlKeeperTest extends GtmOnAVolume {
    private final String subject = "gtm data/gtm";

    private long newestXid() throws IOException {
        return copies().newest().map(known -> known.control().nextXid()).orElse(0L);
    }

    @Test
    void everyChangeIsCopiedAndWhatHasNotChangedIsNot() throws IOException {
        ControlKeeper keeper = keeper();
        for (int second = 0; second < 5; second++) {
            keeper.look(directory, subject);
            time = time.plusSeconds(1);
        }
        assertEquals(1, copies().all().size());
        assertEquals(Files.readString(control()), Files.readString(copies().all().get(0).file()));
        write(100_500, 51, 1);
        keeper.look(directory, subject);
        assertEquals(2, copies().all().size());
        assertEquals(100_500, newestXid());
        assertEquals("rw-------", PosixFilePermissions.toString(
                Files.getPosixFilePermissions(copies().all().get(0).file())));
    }

    @Test
    void aGtmThatRunsIsLookedAtEachSecondAndOneThatIsMissingEveryFive() throws IOException {
        var nodes = new ArrayList<NodeReport>();
        ControlKeeper keeper = keeper(nodes);
        assertEquals(Duration.ofSeconds(5), keeper.look());
        nodes.add(report(NodeState.STOPPED));
        assertEquals(Duration.ofSeconds(1), keeper.look(), "it may be started");
        assertEquals(0, copies().all().size(), "nobody writes it");
        nodes.set(0, report(NodeState.RUNNING));
        assertEquals(Duration.ofSeconds(1), keeper.look());
        assertEquals(1, copies().all().size());
    }

    private NodeReport report(NodeState state) {
        return new NodeReport(directory, Role.GTM, state, "", Duration.ZERO, OptionalInt.empty(), 0, false, false,
                new NodeHistory(Map.of(), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    @Test
    void noCopyIsMadeOfAFileThatIsEmptyOrTorn() throws IOException {
        ControlKeeper keeper = keeper();
        keeper.look(directory, subject);
        for (String text : List.of("", "version: 20181008\nnext_x", "version: 20181008\nnext_xid: 100600\n")) {
            time = time.plusSeconds(1);
            write(text);
            keeper.look(directory, subject);
            keeper.look(directory, subject);
        }
        assertEquals(1, copies().all().size());
        assertEquals(100_000, newestXid());
        assertEquals(List.of("gtm-control"), namesIn(state), "and nothing is left half-way");
    }

    /** Between two writes its first block looks like all of it. */
    @Test
    void aFileThatEndsAtABlockIsCopiedWhenItHasNotChangedForALook() throws IOException {
        String head = "version: 20181008\nnext_xid: 100000\nglobal_xmin: 90000\nsnapid: 50\n";
        int left = 4096 - head.length();
        String line = SEQUENCE.repeat(left / SEQUENCE.length() - 1);
        int rest = left - line.length();
        write(head + line + "x".repeat(rest - SEQUENCE.length() + 1) + SEQUENCE.substring(1));
        assertEquals(4096, Files.size(control()));
        ControlKeeper keeper = keeper();
        keeper.look(directory, subject);
        assertEquals(0, copies().all().size());
        keeper.look(directory, subject);
        assertEquals(1, copies().all().size());
    }

    @Test
    void copiesOutliveTheDirectoryAndTheAgent() throws IOException {
        keeper().look(directory, subject);
        try (var files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
        }
        assertTrue(Files.notExists(directory));
        assertEquals(100_000, newestXid());
        Files.createDirectories(directory);
        write(100_100, 51, 1);
        keeper().look(directory, subject);
        assertEquals(List.of(2L, 1L), copies().all().stream().map(ControlCopies.Copy::number).toList());
    }

    @Test
    void aGtmThatServesWithLowerIdsBeginsANewSeriesAndTheOldOneIsKept() throws IOException {
        ControlKeeper keeper = keeper();
        keeper.look(directory, subject);
        time = time.plusSeconds(5);
        write(62_000, 1, 0);
        keeper.look(directory, subject);
        assertEquals(62_000, newestXid());
        assertEquals(1, copies().all().size());
        assertEquals(List.of("data%2fgtm", "data%2fgtm.before-20261128T120005Z"), namesIn(state.resolve("gtm-control")));
        assertTrue(log.toString().contains("serves with next_xid 62000"), log.toString());
    }

    @Test
    void aDirectoryThatIsMadeAnewOverAndOverLeavesFiveOldSeries() throws IOException {
        ControlKeeper keeper = keeper();
        for (int round = 0; round < 20; round++) {
            write(500_000, 9, 0);
            time = time.plusSeconds(1);
            keeper.look(directory, subject);
            write(10_000, 1, 0);
            time = time.plusSeconds(1);
            keeper.look(directory, subject);
        }
        assertEquals(6, namesIn(state.resolve("gtm-control")).size());
    }

    @Test
    void aFailureToCopyIsToldOnce() throws IOException {
        Files.createDirectories(state);
        Files.writeString(state.resolve("gtm-control"), "in the way");
        ControlKeeper keeper = keeper();
        keeper.look(directory, subject);
        write(100_100, 51, 1);
        keeper.look(directory, subject);
        assertEquals(1, log.size(), log.toString());
        Files.delete(state.resolve("gtm-control"));
        keeper.look(directory, subject);
        assertEquals(100_100, newestXid());
    }
}
