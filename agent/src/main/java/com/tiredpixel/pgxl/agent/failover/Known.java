package com.tiredpixel.pgxl.agent.failover;

import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What a datanode knew of its cluster while it served, so that it can be asked before the next start.
 *
 * @param identifier the database system identifier of its directory
 * @param name its own
 * @param nodes all of its {@code pgxc_node}, itself too
 */
record Known(long identifier, String name, List<ClusterNode> nodes) {
    private static final HexFormat HEX = HexFormat.of();

    Known {
        nodes = List.copyOf(nodes);
    }

    String text() {
        var out = new StringBuilder("self " + identifier + " " + hex(name) + "\n");
        for (ClusterNode node : nodes) {
            out.append(node.coordinator() ? "coordinator " : "datanode ").append(node.id()).append(' ').append(node.port())
                    .append(' ').append(hex(node.name())).append(' ').append(hex(node.host())).append('\n');
        }
        return out.append("end\n").toString();
    }

    /** @return nothing if that is no such text, or not all of it */
    static Optional<Known> parse(String text) {
        String[] lines = text.split("\n");
        var nodes = new ArrayList<ClusterNode>();
        try {
            String[] self = lines[0].split(" ");
            if (!self[0].equals("self") || !lines[lines.length - 1].equals("end")) {
                return Optional.empty();
            }
            for (int i = 1; i < lines.length - 1; i++) {
                String[] field = lines[i].split(" ");
                nodes.add(new ClusterNode(unhex(field[3]), field[0].equals("coordinator"), Integer.parseInt(field[1]),
                        unhex(field[4]), Integer.parseInt(field[2])));
            }
            return Optional.of(new Known(Long.parseLong(self[1]), unhex(self[2]), nodes));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static String hex(String text) {
        return HEX.formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String unhex(String hex) {
        return new String(HEX.parseHex(hex), StandardCharsets.UTF_8);
    }
}
