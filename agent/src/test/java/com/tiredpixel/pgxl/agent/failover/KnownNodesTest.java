package com.tiredpixel.pgxl.agent.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tiredpixel.pgxl.agent.failover.Decision.GiveWay;
import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownNodesTest {
    private static final Known KNOWN = new Known(7, "data 1\n", List.of(
            new ClusterNode("data 1\n", false, -5, "data1", 5432), new ClusterNode("coord1", true, 3, "::1", 5433)));

    @TempDir
    Path home;

    private KnownNodes nodes() {
        return new KnownNodes(home.resolve(".pgxl"), home);
    }

    @Test
    void whatWasKnownOutlivesTheAgent() throws IOException {
        Path data = Volume.database(home.resolve("data"), 7, 1);
        assertEquals(Optional.empty(), nodes().of(data));
        nodes().keep(data, KNOWN);
        assertEquals(Optional.of(KNOWN), nodes().of(data));
    }

    @Test
    void anotherDatabaseInTheSameDirectoryKnowsNothing() throws IOException {
        Path data = Volume.database(home.resolve("data"), 7, 1);
        nodes().keep(data, KNOWN);
        nodes().keep(data, new GiveWay("to the other", 2));
        Volume.database(data, 8, 1);
        assertEquals(Optional.empty(), nodes().of(data));
        assertEquals(Optional.empty(), nodes().gaveWay(data));
    }

    @Test
    void halfAFileIsNone() {
        String text = KNOWN.text();
        assertEquals(Optional.of(KNOWN), Known.parse(text));
        for (int length = 0; length < text.length() - 1; length++) {
            assertEquals(Optional.empty(), Known.parse(text.substring(0, length)), text.substring(0, length));
        }
    }

    @Test
    void thatItGaveWayIsRememberedUntilItIsMadeAnewFromTheOther() throws IOException {
        Path data = Volume.database(home.resolve("data"), 7, 1);
        GiveWay way = new GiveWay("to data1s, of coord1, coord2", 2);
        nodes().keep(data, way);
        assertEquals(Optional.of(way), nodes().gaveWay(data));
        Volume.database(data, 7, 2);
        assertEquals(Optional.empty(), nodes().gaveWay(data));
        Volume.database(data, 7, 1);
        nodes().forgetWay(data);
        assertEquals(Optional.empty(), nodes().gaveWay(data));
    }

    @Test
    void aPromotionThatNoCheckpointHasYetIsANewTimeline() throws IOException {
        Path data = Volume.database(home.resolve("data"), 7, 1);
        assertEquals(OptionalLong.of(1), Timeline.of(data));
        Files.writeString(data.resolve("pg_wal/0000000A.history"), "9\t0/3000140\tno recovery target specified\n");
        Files.writeString(data.resolve("pg_wal/00000001000000000000000B"), "");
        assertEquals(OptionalLong.of(10), Timeline.of(data));
    }
}
