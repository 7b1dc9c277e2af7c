package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.hawkular.agent.prometheus.text.TextPrometheusMetricDataParser;
import org.hawkular.agent.prometheus.types.MetricFamily;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /metrics}, read by a parser that others wrote, and held against the rules of {@code promtool}. */
class MetricsTest {
    @TempDir
    Path temporary;

    private Room room;

    @BeforeEach
    void aRoomWithTwoNodes() throws IOException {
        room = new Room(temporary.toRealPath());
        room.gtm("data/gtm", 1);
        room.gtm("data/q\"u\\o\nte", 1);
        room.nodes = List.of(
                room.node("data/gtm", Role.GTM, NodeState.RUNNING, 0),
                room.node("data/q\"u\\o\nte", Role.GTM, NodeState.HELD, 0));
    }

    @Test
    void everyLineIsUnderstoodByAParser() throws IOException {
        List<MetricFamily> families = families();
        assertTrue(families.size() >= 30, families.size() + " metrics");
        MetricFamily restarts = families.stream()
                .filter(family -> family.getName().equals("pgxl_node_restarts_total")).findFirst().orElseThrow();
        assertEquals(2 * 4, restarts.getMetrics().size(), "two nodes, four causes");
    }

    @Test
    void namesAndHelpFollowTheRulesOfPromtool() throws IOException {
        String text = text();
        Set<String> helped = new TreeSet<>();
        Set<String> counters = new HashSet<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("# HELP ")) {
                String[] words = line.split(" ", 4);
                assertTrue(helped.add(words[2]), words[2] + " twice");
                assertTrue(words[3].length() > 15, line);
            } else if (line.startsWith("# TYPE ") && line.endsWith(" counter")) {
                counters.add(line.split(" ")[2]);
            }
        }
        for (String name : counters) {
            assertTrue(name.endsWith("_total"), name + ": a counter ends with _total");
        }
        for (String name : helped) {
            assertTrue(counters.contains(name) || !name.endsWith("_total"), name + ": only a counter may");
            assertTrue(!Pattern.compile("_(milliseconds|minutes|kilobytes|megabytes|percent)").matcher(name).find(),
                    name + ": base units");
            assertTrue(name.matches("[a-z][a-z0-9_]*"), name);
        }
        Set<String> series = new HashSet<>();
        for (String line : text.lines().filter(line -> !line.startsWith("#")).toList()) {
            assertTrue(series.add(line.substring(0, line.lastIndexOf(' '))), "twice: " + line);
        }
    }

    @Test
    void whatIsWorthAnAlarmIsThere() throws IOException {
        List<String> names = new ArrayList<>();
        families().forEach(family -> names.add(family.getName()));
        for (String name : List.of(
                "pgxl_node_up", "pgxl_node_ready", "pgxl_node_state", "pgxl_node_restarts_total", "pgxl_node_last_end",
                "pgxl_node_crash_loop", "pgxl_node_held", "pgxl_node_time_to_ready_seconds",
                "pgxl_orphans_reaped_total", "pgxl_zombies", "pgxl_ssh_connections_total",
                "pgxl_ssh_authentication_failures_total", "pgxl_ssh_commands_total", "pgxl_ssh_bytes_total",
                "process_resident_memory_bytes", "process_cpu_seconds_total", "process_threads",
                "process_open_fds")) {
            assertTrue(names.contains(name), name + " in " + names);
        }
        assertTrue(text().contains("state=\"HELD\"} 1.0"));
    }

    private String text() throws IOException {
        String response = room.get("/metrics");
        assertEquals(200, Room.status(response));
        assertTrue(response.contains("Content-Type: text/plain; version=0.0.4"), response.substring(0, 200));
        return Room.body(response);
    }

    private List<MetricFamily> families() throws IOException {
        var parser = new TextPrometheusMetricDataParser(
                new ByteArrayInputStream(text().getBytes(StandardCharsets.UTF_8)));
        List<MetricFamily> families = new ArrayList<>();
        for (MetricFamily family = parser.parse(); family != null; family = parser.parse()) {
            families.add(family);
        }
        return families;
    }
}
