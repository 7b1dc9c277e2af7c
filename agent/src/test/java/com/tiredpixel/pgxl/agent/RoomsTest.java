package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which room may know which. A room that is to know another one more gets a line here, and a reason in the commit. */
class RoomsTest {
    private static final Path MAIN = Path.of("src/main/java/com/tiredpixel/pgxl/agent");
    private static final String PACKAGE = "com.tiredpixel.pgxl.agent";
    private static final Pattern IMPORT =
            Pattern.compile("(?m)^import (?:static )?" + Pattern.quote(PACKAGE) + "\\.((?:[a-z]+\\.)*)[A-Z]");

    private static final Map<String, Set<String>> MAY_KNOW = Map.ofEntries(
            Map.entry("base", Set.of()),
            Map.entry("config", Set.of()),
            Map.entry("os", Set.of("base")),
            Map.entry("os.crypto", Set.of()),
            Map.entry("log", Set.of("base", "os")),
            Map.entry("node", Set.of("log", "os")),
            Map.entry("supervisor.lock", Set.of("base", "log", "node", "os")),
            Map.entry("supervisor.directory", Set.of("base", "node", "os", "supervisor.lock")),
            Map.entry("supervisor.server", Set.of("base", "log", "node", "os", "supervisor.directory")),
            Map.entry("supervisor", Set.of("base", "log", "node", "os", "supervisor.directory", "supervisor.lock",
                    "supervisor.server")),
            Map.entry("gtm", Set.of("base", "node", "os", "supervisor")),
            Map.entry("sql", Set.of("node", "os")),
            Map.entry("indoubt", Set.of("base", "log", "node", "os", "sql", "supervisor")),
            Map.entry("failover", Set.of("base", "node", "os", "sql", "supervisor")),
            Map.entry("ssh.openssl", Set.of("os.crypto")),
            Map.entry("ssh", Set.of("base", "log", "os", "os.crypto", "ssh.openssl")),
            Map.entry("cluster.ask", Set.of()),
            Map.entry("cluster.configuration", Set.of("cluster.ask")),
            Map.entry("cluster.view", Set.of("cluster.configuration", "log")),
            Map.entry("cluster.verify", Set.of("cluster.configuration", "cluster.view", "log")),
            Map.entry("cluster", Set.of(
                    "cluster.ask", "cluster.configuration", "cluster.verify", "cluster.view", "log")),
            Map.entry("status.loop", Set.of("base")),
            Map.entry("status.http", Set.of("log", "status.loop")),
            Map.entry("status.probe", Set.of("log", "node", "status.loop")),
            Map.entry("status", Set.of("base", "config", "indoubt", "log", "node", "os", "ssh", "status.http",
                    "status.loop", "status.probe", "supervisor")));

    @Test
    void everyRoomKnowsOnlyThoseThatItMay() throws IOException {
        var wrong = new TreeSet<String>();
        imports().forEach((room, known) -> known.stream()
                .filter(other -> !room.isEmpty() && !MAY_KNOW.getOrDefault(room, Set.of()).contains(other))
                .forEach(other -> wrong.add(room + " knows " + (other.isEmpty() ? "the top" : other))));
        assertEquals(Set.of(), wrong);
    }

    @Test
    void noRoomIsAllowedMoreThanItUses() throws IOException {
        Map<String, Set<String>> imports = imports();
        var idle = new TreeSet<String>();
        MAY_KNOW.forEach((room, allowed) -> allowed.stream()
                .filter(other -> !imports.getOrDefault(room, Set.of()).contains(other))
                .forEach(other -> idle.add(room + " does not know " + other)));
        assertEquals(Set.of(), idle);
    }

    @Test
    void noRoomKnowsItselfByWayOfOthers() {
        for (String room : MAY_KNOW.keySet()) {
            var reached = new TreeSet<String>();
            var open = new ArrayDeque<>(MAY_KNOW.get(room));
            while (!open.isEmpty()) {
                String next = open.poll();
                if (reached.add(next)) {
                    open.addAll(MAY_KNOW.get(next));
                }
            }
            assertEquals(false, reached.contains(room), room + " is in a circle");
        }
    }

    private static Map<String, Set<String>> imports() throws IOException {
        var imports = new TreeMap<String, Set<String>>();
        try (Stream<Path> files = Files.walk(MAIN)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String room = MAIN.relativize(file.getParent()).toString().replace('/', '.');
                List<String> known = IMPORT.matcher(Files.readString(file)).results()
                        .map(found -> found.group(1).replaceAll("\\.$", ""))
                        .filter(other -> !other.equals(room))
                        .toList();
                imports.computeIfAbsent(room, unseen -> new TreeSet<>()).addAll(known);
            }
        }
        return imports;
    }
}
