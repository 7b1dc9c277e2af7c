package com.tiredpixel.pgxl.agent.indoubt;

import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import com.tiredpixel.pgxl.agent.sql.Conversation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two coordinators and two datanodes that answer the {@link Questions}, and end what they are told to end. */
final class FakeCluster implements Conversation {
    private static final Pattern ABOUT = Pattern.compile("SELECT 'ANSWER', ([0-9]+), pgxc_is_committed\\('([0-9]+)'.*"
            + "WHERE gid = '([^']+)'.*", Pattern.DOTALL);
    private static final Pattern END = Pattern.compile("(COMMIT|ROLLBACK) PREPARED '([^']+)'");

    /** What a node knows. */
    static final class Node {
        final Map<String, Long> prepared = new LinkedHashMap<>();
        final Map<Long, Boolean> ended = new HashMap<>();
        final Set<Long> sessions = new HashSet<>();
        boolean silent;
        boolean standby;
        boolean refusesEnds;
        String calls;
    }

    final Map<String, Node> nodes = new LinkedHashMap<>();
    final List<String> ends = new ArrayList<>();
    final List<String> asked = new ArrayList<>();

    FakeCluster() {
        for (String name : List.of("coord1", "coord2", "data1", "data2")) {
            nodes.put(name, new Node());
            nodes.get(name).calls = name;
        }
    }

    static String gid(long xid) {
        return "_$XC$" + xid + ":coord1:F:2:0:3:4";
    }

    Node node(String name) {
        return nodes.get(name);
    }

    @Override
    public Result say(ClusterNode target, String database, List<String> statements, boolean question) {
        String name = target.host().equals("/tmp") ? "coord" + target.port() : target.host();
        Node node = nodes.get(name);
        asked.add(name + (question ? "?" : "!"));
        if (node == null || node.silent) {
            return new Result.Nothing("could not connect");
        }
        var out = new StringBuilder("NOTICE:  of no interest\n");
        for (String statement : statements) {
            out.append(answer(name, node, database, statement, question));
        }
        return new Result.Said(out.toString());
    }

    private String answer(String name, Node node, String database, String statement, boolean question) {
        if (statement.startsWith("SELECT 'SELF'")) {
            return "SELF|" + hex(node.calls) + "|" + (node.standby ? "t" : "f") + "\n";
        }
        if (statement.startsWith("SELECT 'NODE'")) {
            var rows = new StringBuilder();
            int id = 0;
            for (String other : nodes.keySet()) {
                id++;
                rows.append("NODE|").append(other.startsWith("c") ? "C" : "D").append('|').append(id).append("|5432|")
                        .append(hex(other)).append('|').append(hex(other)).append('\n');
            }
            return rows.toString();
        }
        if (statement.startsWith("SELECT 'PREPARED'")) {
            var rows = new StringBuilder();
            node.prepared.forEach((gid, age) -> rows.append("PREPARED|").append(xid(gid)).append('|').append(age)
                    .append('|').append(hex(gid)).append('|').append(hex("app")).append('|').append(hex("shop"))
                    .append('\n'));
            return rows.toString();
        }
        Matcher about = ABOUT.matcher(statement);
        if (about.matches()) {
            long xid = Long.parseLong(about.group(2));
            Boolean ended = node.ended.get(xid);
            return "ANSWER|" + about.group(1) + "|" + (ended == null ? "" : ended ? "t" : "f") + "|f|"
                    + (node.prepared.containsKey(about.group(3)) ? "t" : "f") + "|"
                    + (node.sessions.contains(xid) ? 1 : 0) + "\n";
        }
        Matcher end = END.matcher(statement);
        if (end.matches() && !question && !node.refusesEnds) {
            ends.add(name + " " + database + ": " + statement);
            if (node.prepared.remove(end.group(2)) != null) {
                node.ended.put(xid(end.group(2)), end.group(1).equals("COMMIT"));
            }
        }
        return "";
    }

    private static long xid(String gid) {
        Matcher number = Pattern.compile("_\\$XC\\$([0-9]+):.*").matcher(gid);
        return number.matches() ? Long.parseLong(number.group(1)) : 77;
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
