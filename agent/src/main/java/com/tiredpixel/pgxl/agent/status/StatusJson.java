package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.log.Json;
import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.supervisor.NodeHistory;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** {@code pgxl status --json} and {@code /status}. Times are seconds; a field may be added, none changes. */
final class StatusJson {
    private StatusJson() {
    }

    static String of(Snapshot snapshot) {
        Health ready = Health.ready(snapshot.overview(), snapshot.nodes());
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("agent", agent(snapshot.agent(), snapshot));
        all.put("ready", ready.good());
        all.put("reasons", ready.lines());
        all.put("nodes", snapshot.nodes().stream().map(StatusJson::node).toList());
        all.put("contradictions", snapshot.overview().contradictions().stream()
                .map(StatusJson::contradiction).toList());
        return Json.of(all) + "\n";
    }

    private static Map<String, Object> agent(AgentFacts facts, Snapshot snapshot) {
        Map<String, Object> agent = new LinkedHashMap<>();
        agent.put("version", facts.version());
        agent.put("servers", facts.servers().isEmpty() ? null : facts.servers());
        agent.put("pid", facts.pid());
        agent.put("phase", snapshot.overview().phase().name().toLowerCase(Locale.ROOT));
        agent.put("uptime", seconds(facts.uptime()));
        agent.put("memoryBytes", facts.usage().residentBytes());
        agent.put("threads", facts.usage().threads());
        agent.put("zombies", facts.usage().zombies());
        agent.put("sshConnections", facts.ssh().connectionsNow());
        agent.put("sshCommands", facts.ssh().commandsNow());
        return agent;
    }

    private static Map<String, Object> node(NodeView view) {
        NodeReport report = view.report();
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("name", view.name());
        node.put("nodeName", view.nodeName().orElse(null));
        node.put("role", report.role().label());
        node.put("kind", view.kind().isEmpty() ? null : view.kind());
        node.put("directory", report.directory().toString());
        node.put("state", report.state().name());
        node.put("reason", report.reason());
        node.put("next", report.next());
        node.put("since", seconds(report.inState()));
        node.put("pid", number(report.pid()));
        node.put("port", number(view.port()));
        node.put("restarts", report.restarts());
        node.put("crashLoop", report.crashLoop());
        node.put("held", report.held());
        node.put("ready", view.ready());
        node.put("readiness", view.availability().sentence());
        NodeHistory history = report.history();
        node.put("timeToReady", history.timeToReady().map(StatusJson::seconds).orElse(null));
        node.put("lastEnd", history.lastEnd()
                .map(end -> Map.of("kind", end.kind().name().toLowerCase(Locale.ROOT), "status", end.status()))
                .orElse(null));
        node.put("lastStop", history.lastStop()
                .map(stop -> Map.of("took", seconds(stop.took()), "mode", stop.mode()))
                .orElse(null));
        return node;
    }

    private static Map<String, Object> contradiction(Finding.Contradiction found) {
        Map<String, Object> contradiction = new LinkedHashMap<>();
        contradiction.put("directory", found.directory().toString());
        contradiction.put("what", found.what());
        contradiction.put("wayOut", found.remedy());
        contradiction.put("evidence", List.copyOf(found.evidence().stream().map(Object::toString).toList()));
        return contradiction;
    }

    private static Integer number(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : null;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
