package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No character that controls a terminal, reorders or hides text leaves the room, in whatever form and from wherever. */
class HostileCharactersTest {
    @TempDir
    Path temporary;

    private static boolean isDangerous(int c) {
        return c < ' ' && c != '\t' && c != '\n' || c >= 0x7f && c <= 0x9f
                || c == 0xad || c == 0x61c || c == 0xfeff || c >= 0x200b && c <= 0x200f || c >= 0x2028 && c <= 0x202e
                || c >= 0x2066 && c <= 0x2069 || c >= 0xd800 && c <= 0xdfff
                || c == 0xe0001 || c >= 0xe0020 && c <= 0xe007f;
    }

    /** A few at a time, as long as the name of a file may be. */
    private static List<String> dangerous() {
        int[] all = IntStream.concat(
                IntStream.rangeClosed(1, Character.MAX_CODE_POINT).filter(c -> isDangerous(c) && !(c >= 0xd800 && c <= 0xdfff)),
                IntStream.of('\n', '"', '\\')).toArray();
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < all.length; i += 40) {
            pieces.add(new String(all, i, Math.min(40, all.length - i)));
        }
        return pieces;
    }

    @Test
    void noneOfThemLeavesTheRoom() throws IOException {
        Room room = new Room(temporary.toRealPath());
        List<NodeReport> nodes = new ArrayList<>();
        List<Finding.Contradiction> contradictions = new ArrayList<>();
        for (String piece : dangerous()) {
            Path directory = room.gtm("data/" + piece, 1);
            NodeReport plain = room.node("data/" + piece, Role.GTM, NodeState.BACKING_OFF, 0);
            nodes.add(new NodeReport(plain.directory(), plain.role(), plain.state(), piece + "\ud800", plain.inState(),
                    plain.pid(), 0, false, false, plain.history()));
            contradictions.add(new Finding.Contradiction(directory, piece, piece, false, List.of()));
        }
        room.nodes = nodes;
        room.contradictions = contradictions;
        List<String> said = new ArrayList<>();
        for (String[] words : new String[][] {
            {"status"}, {"status", "--json"}, {"explain"}, {"health"}, {"health", "ready"}, {"health", "startup"},
            {"in-doubt"}, {"reap-report"}, {"__complete", "nodes"}}) {
            said.add(room.pgxl(true, words));
        }
        for (String piece : dangerous()) {
            for (String[] words : new String[][] {
                {piece}, {"stop", piece}, {"stop", "data/" + piece}, {"explain", "data/" + piece}, {"explain", piece},
                {"stop", "x", "--mode", piece}, {"status", piece}, {"health", piece}, {"stop", "-" + piece}}) {
                said.add(room.pgxl(true, words));
            }
        }
        for (String path : List.of("/ready", "/health", "/startup", "/status", "/metrics", "/")) {
            said.add(Room.body(room.get(path)));
        }
        said.addAll(room.log);
        for (String text : said) {
            text.codePoints().filter(HostileCharactersTest::isDangerous).findFirst().ifPresent(
                    c -> assertEquals("", "U+" + Integer.toHexString(c) + " in " + text));
        }
        assertTrue(room.pgxl(true, "explain").contains("\\u202e"), "negative control: it is told, as an escape");
    }
}
