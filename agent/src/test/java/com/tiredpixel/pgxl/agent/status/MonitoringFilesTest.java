package com.tiredpixel.pgxl.agent.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files for Prometheus and Grafana in {@code image/} ask for what the agent exports, and for nothing else. */
class MonitoringFilesTest {
    private static final Path IMAGE = Path.of("..", "image");
    private static final Path ALERTS = IMAGE.resolve("pgxl-alerts.yml");
    private static final Pattern SERIES = Pattern.compile("([a-z_:]+)(?:\\{([^}]*)})? [0-9.E+-]+");
    private static final Pattern METRIC = Pattern.compile("\\b(?:pgxl|process)_[a-z_]+");
    /** Those that Prometheus adds at a scrape. */
    private static final Set<String> SCRAPED = Set.of("instance", "job");

    @TempDir
    Path temporary;

    private String metrics;
    private final Map<String, Set<String>> labels = new HashMap<>();

    @BeforeEach
    void everyMetricIsThere() throws IOException {
        Room room = new Room(temporary.toRealPath());
        room.gtm("gtm", 1);
        room.nodes = List.of(room.node("gtm", Role.GTM, NodeState.RUNNING, 0));
        metrics = Room.body(room.get("/metrics"));
        for (String line : metrics.lines().filter(text -> !text.startsWith("#")).toList()) {
            Matcher series = SERIES.matcher(line);
            assertTrue(series.matches(), line);
            Set<String> known = labels.computeIfAbsent(series.group(1), none -> new HashSet<>(SCRAPED));
            matches(Pattern.compile("([a-z_]+)=\""), Optional.ofNullable(series.group(2)).orElse("")).forEach(known::add);
        }
        // Has no value before the agent has led a stop.
        labels.put("pgxl_node_last_stop_seconds", Set.of());
    }

    @Test
    void theDashboardAsksOnlyForWhatIsExported() throws IOException {
        List<String> expressions = new ArrayList<>();
        matches(Pattern.compile("\"expr\": \"((?:[^\"\\\\]|\\\\.)*)\""), Files.readString(IMAGE.resolve("grafana-dashboard.json")))
                .forEach(text -> expressions.add(text.replace("\\\"", "\"")));
        assertTrue(expressions.size() >= 14, expressions.toString());
        expressions.forEach(this::assertExported);
    }

    @Test
    void theAlertsAskOnlyForWhatIsExportedAndSpeakOnlyOfLabelsThatAreThere() throws IOException {
        String[] rules = Files.readString(ALERTS).split("- alert: ");
        assertEquals(1 + 10, rules.length);
        for (int i = 1; i < rules.length; i++) {
            String expression = matches(Pattern.compile("expr: (.*)"), rules[i]).get(0);
            assertExported(expression);
            Set<String> known = labels.getOrDefault(metric(expression), SCRAPED);
            for (String label : matches(Pattern.compile("\\$labels\\.([a-z_]+)"), rules[i])) {
                assertTrue(known.contains(label), label + " in " + rules[i]);
            }
        }
    }

    @Test
    void theTableOfMetricsNamesAllOfThemAndNoOther() throws IOException {
        Set<String> documented = new TreeSet<>();
        String family = "";
        for (String line : Files.readAllLines(Path.of("STATUS.md"))) {
            if (line.startsWith("| `pgxl_") || line.startsWith("| `process_")) {
                for (String name : matches(Pattern.compile("`([a-z_…]+)`"), line.split("\\|")[1])) {
                    // … stands for the first two words of the name before it.
                    String whole = name.replace("…", family);
                    family = whole.substring(0, whole.lastIndexOf('_'));
                    documented.add(whole);
                }
            }
        }
        assertEquals(new TreeSet<>(labels.keySet()), documented);
    }

    @Test
    void anExpressionOnAMetricThatIsNotExportedIsFound() {
        assertFalse(isExported("sum(pgxl_node_lost)"));
        assertFalse(isExported("sum by (colour) (pgxl_node_ready)"));
        assertFalse(isExported("pgxl_node_ready{colour=\"red\"}"));
    }

    @Test
    void promtoolFindsNoFault() throws IOException, InterruptedException {
        Optional<Path> promtool = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(place -> Path.of(place, "promtool")).filter(Files::isExecutable).findFirst();
        assumeTrue(promtool.isPresent(), "no promtool on the PATH");
        Path scratch = Files.createDirectory(temporary.resolve("promtool"));
        Path text = Files.writeString(scratch.resolve("metrics"), metrics);
        Files.copy(ALERTS, scratch.resolve("pgxl-alerts.yml"));
        Path tests = Files.copy(Path.of("src/test/resources/prometheus/alerts-test.yml"), scratch.resolve("test.yml"));
        run(text, promtool.get(), "check", "metrics");
        run(null, promtool.get(), "check", "config", IMAGE.resolve("prometheus.yml").toString());
        run(null, promtool.get(), "test", "rules", tests.toString());
    }

    private static void run(Path input, Path program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (input != null) {
            builder.redirectInput(input.toFile());
        }
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), command + " said: " + said);
    }

    private void assertExported(String expression) {
        assertTrue(isExported(expression), expression);
    }

    private boolean isExported(String expression) {
        for (String name : matches(METRIC, expression)) {
            if (!labels.containsKey(name)) {
                return false;
            }
        }
        Set<String> asked = new HashSet<>(matches(Pattern.compile("([a-z_]+)=~?\""), expression));
        for (String list : matches(Pattern.compile("\\b(?:by|on|without)\\s*\\(([^)]*)\\)"), expression)) {
            asked.addAll(List.of(list.split(",\\s*")));
        }
        return labels.getOrDefault(metric(expression), SCRAPED).containsAll(asked);
    }

    private static String metric(String expression) {
        List<String> names = matches(METRIC, expression);
        return names.isEmpty() ? "up" : names.get(0);
    }

    /** @return the first group of each match, or all of it */
    private static List<String> matches(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = pattern.matcher(text); matcher.find();) {
            found.add(matcher.groupCount() > 0 ? matcher.group(1) : matcher.group());
        }
        return found;
    }
}
