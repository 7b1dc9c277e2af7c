package com.tiredpixel.pgxl.agent.cluster;

import com.tiredpixel.pgxl.agent.cluster.ask.JsonText;
import com.tiredpixel.pgxl.agent.cluster.verify.CatalogNode;
import com.tiredpixel.pgxl.agent.cluster.verify.Clock;
import com.tiredpixel.pgxl.agent.cluster.verify.HostFacts;
import com.tiredpixel.pgxl.agent.cluster.verify.HostNode;
import com.tiredpixel.pgxl.agent.cluster.verify.SqlFacts;
import com.tiredpixel.pgxl.agent.cluster.verify.TableNodes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads what is asked for {@code pgxl cluster verify} alone. What it cannot read is not there, or an IllegalArgumentException. */
final class VerifyAnswers {
    private VerifyAnswers() {
    }

    static HostFacts host(String text) {
        String[] parts = text.split(Answers.SECTION, -1);
        if (parts.length < 4 || !(JsonText.read(parts[0]) instanceof Map<?, ?> all)
                || !(all.get("nodes") instanceof List<?> nodes)) {
            throw new IllegalArgumentException("its agent's answer is not pgxl status --json");
        }
        return new HostFacts(parts[3].strip(), nodes.stream().filter(Map.class::isInstance)
                .map(one -> (Map<?, ?>) one).map(node -> new HostNode(word(node, "nodeName"), word(node, "role"),
                        word(node, "kind"), word(node, "directory"), word(node, "state"))).toList());
    }

    static Optional<String> connectTimeout(String text) {
        String[] parts = text.split(Answers.SECTION, -1);
        List<String> lines = parts.length < 5 ? List.of() : parts[4].strip().lines().toList();
        if (lines.isEmpty() || !lines.get(0).equals("environment")) {
            return Optional.empty();
        }
        return Optional.of(lines.size() == 1 ? "" : lines.get(1).replaceFirst("^PGCONNECT_TIMEOUT=", ""));
    }

    static SqlFacts sql(String text) {
        Map<String, String> settings = new TreeMap<>();
        rows(text, "setting").forEach(row -> settings.put(word(row, "name"), word(row, "setting")));
        List<CatalogNode> nodes = rows(text, "node").map(row -> new CatalogNode(word(row, "node_name"),
                word(row, "node_type"), word(row, "node_host"),
                row.get("node_port") instanceof Double port ? port.intValue() : 0,
                Boolean.TRUE.equals(row.get("nodeis_primary")))).toList();
        return new SqlFacts(nodes, settings, clock(text),
                rows(text, "database").map(row -> word(row, "datname")).toList());
    }

    private static Optional<Clock> clock(String text) {
        String number = "\\d{1,12}(\\.\\d{1,9})?";
        Optional<String[]> control = text.lines().filter(line -> line.matches("control " + number + " " + number))
                .map(line -> line.split(" ")).findFirst();
        Optional<String> server = text.lines().filter(line -> line.matches("clock\\|" + number)).findFirst();
        return control.isEmpty() || server.isEmpty() ? Optional.empty()
                : Optional.of(new Clock(Double.parseDouble(control.get()[1]),
                        Double.parseDouble(server.get().substring(6)), Double.parseDouble(control.get()[2])));
    }

    static List<TableNodes> tables(String database, String text) {
        if (text.lines().noneMatch("end"::equals)) {
            throw new IllegalArgumentException("its answer has no end");
        }
        return rows(text, "table").map(row -> new TableNodes(database, word(row, "schema"), word(row, "name"),
                row.get("missing") instanceof List<?> names ? names.stream().map(Object::toString).toList() : List.of()))
                .toList();
    }

    private static Stream<Map<?, ?>> rows(String text, String kind) {
        return text.lines().filter(line -> line.startsWith(kind + "|"))
                .map(line -> JsonText.read(line.substring(kind.length() + 1)))
                .filter(Map.class::isInstance).map(row -> (Map<?, ?>) row);
    }

    private static String word(Map<?, ?> row, String name) {
        return Objects.toString(row.get(name), "");
    }
}
